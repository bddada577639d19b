/**
 *   node --require @intelia/otel/register examples/chat-features.js
 *
 * An Express backend that asks a model on behalf of its users, and what each of its features costs. `withLlmFeature`
 * names the feature once, at the route: every call below it, however deep and whatever SDK it takes, is counted there.
 * Without OPENAI_API_KEY it talks to the local provider of the demo, which bills nothing.
 */
'use strict';

const express = require('express');
const { OpenAI } = require('openai');
const { trackQuestion, withLlmFeature } = require('@intelia/otel');
const { startProvider } = require('./intelia-expert/provider.js');

/** Knows nothing of features: it is called for all of them. */
async function ask(openai, model, content) {
  const messages = [{ role: 'user', content }];
  return (await openai.chat.completions.create({ model, messages })).choices[0].message.content;
}

function createApp(openai) {
  const app = express();
  // One question is three calls: what it is about, the passages that fit, the answer.
  app.get('/ask', async (req, res) => {
    trackQuestion({ source: 'web', language: 'en' });
    const topic = await withLlmFeature('routing', () =>
      ask(openai, 'gpt-4o-mini', `Topic of: ${req.query.q}`),
    );
    await openai.embeddings.create({ model: 'text-embedding-3-small', input: topic });
    res.send(await withLlmFeature('answer', () => ask(openai, 'gpt-4o', req.query.q)));
  });
  // Everything of this route, named by a middleware.
  app.get('/summary', (req, res, next) => withLlmFeature('summary', next));
  app.get('/summary', async (req, res) => res.send(await ask(openai, 'gpt-4o-mini', 'Sum up the week.')));
  return app;
}

async function main() {
  const local = process.env.OPENAI_API_KEY ? undefined : await startProvider({ faults: false, pace: 0 });
  const openai = new OpenAI(local && { baseURL: local.url, apiKey: 'sk-local' });
  const server = createApp(openai).listen(0, '127.0.0.1', async () => {
    const url = `http://127.0.0.1:${server.address().port}`;
    await fetch(`${url}/ask?q=How+warm+should+chicks+be`);
    await fetch(`${url}/ask?q=What+do+broilers+eat`);
    await fetch(`${url}/summary`);
    await printMetrics(/^intelia_(llm_cost_usd|llm_requests|questions)_total/);
    server.close();
    await local?.close();
  });
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
intelia_llm_cost_usd_total{model="gpt-4o-mini",feature="routing"} 0.000034649999999999995
intelia_llm_cost_usd_total{model="text-embedding-3-small",feature="embeddings"} 0.0000016400000000000002
intelia_llm_cost_usd_total{model="gpt-4o",feature="answer"} 0.000595
intelia_llm_cost_usd_total{model="gpt-4o-mini",feature="summary"} 0.00001425
intelia_llm_requests_total{model="gpt-4o-mini",status="success"} 3
intelia_llm_requests_total{model="text-embedding-3-small",status="success"} 2
intelia_llm_requests_total{model="gpt-4o",status="success"} 2
intelia_questions_total{source="web",language="en"} 2
*/
