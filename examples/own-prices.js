/**
 *   INTELIA_LLM_PRICES=examples/own-prices.json node --require @intelia/otel/register examples/own-prices.js
 *
 * Prices of one's own: a contract's, and those of models that no list knows. US dollars per million tokens; docs/costs.md
 * has all the fields. The file is read again when it changes, without a restart. Here it holds
 *
 *   { "gpt-4o": { "input_mtok": 2, "cache_read_mtok": 1, "output_mtok": 8 },
 *     "barn-advisor": { "input_mtok": 0.2, "output_mtok": 0.4 } }
 *
 * This talks to the local provider of the demo, which bills nothing.
 */
'use strict';

const { OpenAI } = require('openai');
const { trackLlmCall } = require('@intelia/otel');
const { startProvider } = require('./intelia-expert/provider.js');

async function main() {
  const local = await startProvider({ faults: false, pace: 0 });
  const openai = new OpenAI({ baseURL: local.url, apiKey: 'sk-local' });
  const messages = [{ role: 'user', content: 'How warm should chicks be in their first week?' }];

  // As the contract says, dated snapshots included: 19 tokens at 2 and 20 at 8 USD a million.
  await openai.chat.completions.create({ model: 'gpt-4o', messages });

  // Not in the file: the list price.
  await openai.chat.completions.create({ model: 'gpt-4o-mini', messages });

  // A model of one's own, which no list knows.
  trackLlmCall({
    model: 'barn-advisor',
    feature: 'advice',
    promptTokens: 1000,
    completionTokens: 500,
    duration: 2,
  });

  // No price anywhere: never taken for free, but counted as unpriced.
  trackLlmCall({
    model: 'coop-advisor',
    feature: 'advice',
    promptTokens: 1000,
    completionTokens: 500,
    duration: 2,
  });

  await printMetrics(/^intelia_llm_(cost_usd|tokens|unpriced_requests)_total/);
  await local.close();
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
intelia_llm_tokens_total{model="gpt-4o",type="prompt"} 19
intelia_llm_tokens_total{model="gpt-4o",type="completion"} 20
intelia_llm_tokens_total{model="gpt-4o-mini",type="prompt"} 19
intelia_llm_tokens_total{model="gpt-4o-mini",type="completion"} 20
intelia_llm_tokens_total{model="barn-advisor",type="prompt"} 1000
intelia_llm_tokens_total{model="barn-advisor",type="completion"} 500
intelia_llm_tokens_total{model="coop-advisor",type="prompt"} 1000
intelia_llm_tokens_total{model="coop-advisor",type="completion"} 500
intelia_llm_cost_usd_total{model="gpt-4o",feature="chat"} 0.000198
intelia_llm_cost_usd_total{model="gpt-4o-mini",feature="chat"} 0.00001485
intelia_llm_cost_usd_total{model="barn-advisor",feature="advice"} 0.0004
intelia_llm_unpriced_requests_total{model="coop-advisor",reason="unknown_model"} 1
*/
