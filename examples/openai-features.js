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
  await openai.chat.completions.create({ model: 'gpt-4o', messages }, { headers });

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
intelia_llm_tokens_total{model="gpt-4o-mini",type="prompt"} 38
intelia_llm_tokens_total{model="gpt-4o-mini",type="completion"} 40
intelia_llm_tokens_total{model="gpt-4o",type="prompt"} 19
intelia_llm_tokens_total{model="gpt-4o",type="completion"} 20
intelia_llm_cost_usd_total{model="gpt-4o-mini",feature="chat"} 0.00001485
intelia_llm_cost_usd_total{model="gpt-4o-mini",feature="translation"} 0.00001485
intelia_llm_cost_usd_total{model="gpt-4o",feature="advice"} 0.0002475
intelia_llm_requests_total{model="gpt-4o-mini",status="success"} 2
intelia_llm_requests_total{model="gpt-4o",status="success"} 1
*/
