/**
 *   INTELIA_LLM_STREAM_USAGE=127.0.0.1 node --require @intelia/otel/register examples/streaming.js
 *
 * A streamed answer is measured like any other: tokens, cost, duration, and how long its first word took. OpenAI tells
 * the usage of a stream only to those who ask: where the application does not, the package asks and takes the answer
 * to that out of the stream again. It asks api.openai.com, and other hosts where INTELIA_LLM_STREAM_USAGE names them.
 * Without OPENAI_API_KEY this talks to the local provider of the demo, which bills nothing.
 */
'use strict';

const { OpenAI } = require('openai');
const { startProvider } = require('./intelia-expert/provider.js');

async function main() {
  const local = process.env.OPENAI_API_KEY ? undefined : await startProvider({ faults: false, pace: 0 });
  const openai = new OpenAI(local && { baseURL: local.url, apiKey: 'sk-local' });
  const messages = [{ role: 'user', content: 'How warm should chicks be in their first week?' }];
  const request = { model: 'gpt-4o-mini', messages, stream: true };

  // Every chunk has a choice, as without the package: the one that tells the usage is not among them.
  let words = 0;
  for await (const chunk of await openai.chat.completions.create(request)) {
    if (chunk.choices[0].delta.content) words++;
  }
  console.log(`${words} words`);

  // A caller who asks has the usage, and it is counted once.
  const stream_options = { include_usage: true };
  for await (const chunk of await openai.chat.completions.create({ ...request, stream_options })) {
    if (chunk.usage) console.log(`${chunk.usage.total_tokens} tokens`);
  }

  // The reader has seen enough: the call ends here, as `cancelled`, and the provider is told so.
  const long = [{ role: 'user', content: 'Take your time: what do broilers eat?' }];
  for await (const chunk of await openai.chat.completions.create({ ...request, messages: long })) {
    if (chunk.choices[0].delta.content) break;
  }

  await printMetrics(/^intelia_llm_(cost_usd|tokens|requests)_total|first_token_seconds_count/);
  await local?.close();
}

/** As a scraper would see it. The first scrape shows a new series as 0, so that `increase()` sees it grow. */
async function printMetrics(wanted) {
  const metrics = `http://127.0.0.1:${process.env.OTEL_EXPORTER_PROMETHEUS_PORT ?? 9464}/metrics`;
  await fetch(metrics);
  const text = await (await fetch(metrics)).text();
  console.log(text.split('\n').filter((line) => wanted.test(line)).join('\n')); // prettier-ignore
}

void main();

/* Prints:
20 words
39 tokens
intelia_llm_tokens_total{model="gpt-4o-mini",type="prompt"} 38
intelia_llm_tokens_total{model="gpt-4o-mini",type="completion"} 40
intelia_llm_cost_usd_total{model="gpt-4o-mini",feature="chat"} 0.0000297
intelia_llm_requests_total{model="gpt-4o-mini",status="success"} 2
intelia_llm_requests_total{model="gpt-4o-mini",status="cancelled"} 1
intelia_llm_time_to_first_token_seconds_count{model="gpt-4o-mini",feature="chat"} 3
*/
