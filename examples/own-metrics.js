/**
 *   node --require @intelia/otel/register examples/own-metrics.js
 *
 * Three ways to add figures that only the application knows: the functions of this package, the OpenTelemetry API
 * with a metric of the catalogue (both land in the same series), and a metric of one's own.
 */
'use strict';

const { metrics } = require('@opentelemetry/api');
const { setActiveUsers, trackError, trackLlmCall, trackQuestion, trackRevenue } = require('@intelia/otel');

// 1. One function for each thing. Durations are in seconds, money in US dollars.
trackQuestion({ source: 'web', language: 'fr' });
trackRevenue({ plan: 'pro', amountUsd: 29.9 });
trackError({ type: 'import_failed', severity: 'warning' });
setActiveUsers(42);

// A call that no tap can see, to a model of one's own. Without `costUsd` the price table is asked.
trackLlmCall({
  model: 'gpt-4o',
  feature: 'summary',
  promptTokens: 1000,
  completionTokens: 500,
  duration: 2.5,
});

// 2. The same series through the OpenTelemetry API: the French web questions are now two.
const meter = metrics.getMeter('intelia');
meter.createCounter('intelia_questions_total').add(1, { source: 'web', language: 'fr' });

// 3. A metric of one's own, with any name and labels.
const weight = metrics.getMeter('farm').createHistogram('farm.sample.weight', { unit: 'kg' });
weight.record(1.8, { breed: 'ross' });
weight.record(2.4, { breed: 'ross' });

/** As a scraper would see it. The first scrape shows a new series as 0, so that `increase()` sees it grow. */
async function printMetrics(wanted) {
  const url = `http://127.0.0.1:${process.env.OTEL_EXPORTER_PROMETHEUS_PORT ?? 9464}/metrics`;
  await fetch(url);
  const text = await (await fetch(url)).text();
  console.log(text.split('\n').filter((line) => wanted.test(line)).join('\n')); // prettier-ignore
}

setTimeout(() => printMetrics(/^(intelia_(active_users|\w+_total)|farm_\w+_(sum|count))/), 100);

/* Prints:
intelia_llm_tokens_total{model="gpt-4o",type="prompt"} 1000
intelia_llm_tokens_total{model="gpt-4o",type="completion"} 500
intelia_llm_cost_usd_total{model="gpt-4o",feature="summary"} 0.0075
intelia_llm_requests_total{model="gpt-4o",status="success"} 1
intelia_active_users 42
intelia_questions_total{source="web",language="fr"} 2
intelia_revenue_usd_total{plan="pro"} 29.9
intelia_errors_total{type="import_failed",severity="warning"} 1
farm_sample_weight_kg_count{breed="ross"} 2
farm_sample_weight_kg_sum{breed="ross"} 4.2
*/
