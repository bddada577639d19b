/**
 *   node --require @intelia/otel/register examples/openai-features.js
 *
 * What the spend is for: the feature of a call is named by `withLlmFeature`, by a header, or follows from the
 * endpoint. Without OPENAI_API_KEY it talks to the local provider of the demo, which bills nothing.
 */
'use strict';

const { OpenAI } = require('openai');
const { withLlmFeature } = require('@intelia/otel');
const { startProvider } = require('./intelia-expert/provider.js');

async function main() {
  const local = process.env.OPENAI_API_KEY ? undefined : await startProvider({ faults: false, pace: 0 });
  const openai = new OpenAI(local && { baseURL: local.url, apiKey: 'sk-local' });
  const messages = [{ role: 'user', content: 'How warm should chicks be in their first week?' }];

  // `chat`, as every call to chat completions.
  await openai.chat.completions.create({ model: 'gpt-4o-mini', messages });

  // `translation`: everything that is called in here, however deep.
  await withLlmFeature('translation', () =>
    openai.chat.completions.create({ model: 'gpt-4o-mini', messages }),
  );

  // `advice`: where no function is at hand. The header is taken off before the request leaves.
  const headers = { 'x-intelia-feature': 'advice' };
  const stream = await openai.chat.completions.create(
    { model: 'gpt-4o', messages, stream: true },
    { headers },
  );
  for await (const chunk of stream) void chunk;

  await printMetrics(/^intelia_llm_(cost_usd|tokens|requests)_total/);
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
 */
