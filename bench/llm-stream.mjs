// What the tap adds to each chunk of a streamed chat answer, as it is and with the usage stripped that we asked for.
import { loadInternals } from './lib/bundle.mjs';
import { interleave, report } from './lib/rounds.mjs';

const { createCallLog, tapFetch, guard } = loadInternals();
const CHUNKS = 1_000;
let recorded = 0;
const calls = createCallLog({ guard, now: () => performance.now() / 1000, record: () => void recorded++ });

/** One event of a chat stream as api.openai.com writes it, one in each chunk. */
const event = (delta, more = '') =>
  `data: {"id":"chatcmpl-BGtW0cVdQ8KpY1","object":"chat.completion.chunk","created":1743600000,"model":"gpt-4o-2024-08-06",` +
  `"service_tier":"default","system_fingerprint":"fp_a288987b44","choices":[${delta}]${more}}\n\n`;
const word = '{"index":0,"delta":{"content":" broilers"},"logprobs":null,"finish_reason":null}';
const usage = '{"prompt_tokens":1000,"completion_tokens":1000,"total_tokens":2000}';
const encode = (texts) => texts.map((text) => new TextEncoder().encode(text));
const plain = encode([...new Array(CHUNKS).fill(event(word)), 'data: [DONE]\n\n']);
const withUsage = encode([
  ...new Array(CHUNKS).fill(event(word, ',"usage":null')),
  event('', `,"usage":${usage}`),
  'data: [DONE]\n\n',
]);

function fetchOf(chunks) {
  return async () => {
    let i = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          if (i < chunks.length) controller.enqueue(chunks[i++]);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

function reading(fetch, init) {
  return async (n) => {
    for (let left = n; left > 0; left -= CHUNKS) {
      const response = await fetch('https://api.openai.com/v1/chat/completions', init);
      const reader = response.body.getReader();
      while (!(await reader.read()).done);
    }
  };
}

const request = (more) => ({
  method: 'POST',
  body: JSON.stringify({
    model: 'gpt-4o',
    stream: true,
    messages: [{ role: 'user', content: 'Hi' }],
    ...more,
  }),
});
const asked = request({ stream_options: { include_usage: true } });
const unasked = request({});
const options = { calls, guard, config: { llmStreamUsage: [] } };
const contenders = [
  { name: 'bare', run: reading(fetchOf(plain), asked) },
  { name: 'seen', run: reading(tapFetch(fetchOf(plain), options), asked) },
  { name: 'bare with usage', run: reading(fetchOf(withUsage), asked) },
  { name: 'seen and stripped', run: reading(tapFetch(fetchOf(withUsage), options), unasked) },
];
const times = await interleave(contenders, { iterations: 40 * CHUNKS });
if (recorded === 0) throw new Error('no call was recorded: nothing was measured');
const added = (name, over) => times[name].map((value, i) => Math.max(value - times[over][i], 0) / 1000);

report({
  title: 'LLM stream',
  unit: 'µs added per chunk',
  times: { seen: added('seen', 'bare'), 'seen and stripped': added('seen and stripped', 'bare with usage') },
  marks: [
    { text: '≤ 3 µs a chunk', of: 'seen', max: 3 },
    { text: '≤ 3 µs a chunk, stripping', of: 'seen and stripped', max: 3 },
  ],
});
