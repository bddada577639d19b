// What the tap on fetch adds to a fetch that is no LLM call. The fetch underneath answers at once: nothing else is seen.
import { loadInternals } from './lib/bundle.mjs';
import { interleave, report } from './lib/rounds.mjs';

const { createCallLog, tapFetch, guard } = loadInternals();
const answer = Promise.resolve({ ok: true, status: 200, body: null });
const makeFetch = () => (_input, _init) => answer;
const calls = createCallLog({ guard, now: () => performance.now() / 1000, record: () => {} });
const tapped = tapFetch(makeFetch(), { calls, guard, config: { llmStreamUsage: [] } });
const bare = makeFetch();
const URL_TEXT = 'https://payments.example.com/v1/customers/cus_9s6XKzkNRiz8i3/invoices?limit=10';
const POST = { method: 'POST', body: '{"amount":2000}', headers: { 'content-type': 'application/json' } };

const contenders = [
  { name: 'bare GET', run: async (n) => { for (let i = 0; i < n; i++) bare(URL_TEXT); } },
  { name: 'GET', run: async (n) => { for (let i = 0; i < n; i++) tapped(URL_TEXT); } },
  { name: 'bare POST', run: async (n) => { for (let i = 0; i < n; i++) bare(URL_TEXT, POST); } },
  { name: 'POST', run: async (n) => { for (let i = 0; i < n; i++) tapped(URL_TEXT, POST); } },
]; // prettier-ignore
const times = await interleave(contenders, { iterations: 200_000 });
const added = (name) => times[name].map((value, i) => Math.max(value - times[`bare ${name}`][i], 0));

report({
  title: 'A fetch that is no LLM call',
  unit: 'ns added per call',
  times: { GET: added('GET'), POST: added('POST') },
  marks: [
    { text: '≤ 1 µs, GET', of: 'GET', max: 1000 },
    { text: '≤ 1 µs, POST', of: 'POST', max: 1000 },
  ],
});
