/**
 * Intelia Expert, a small backend that answers farmers' questions. Run it with
 *
 *   node --require @intelia/otel/register server.js
 *
 * and its LLM, HTTP, database and system metrics are measured with no further code. What only this application
 * knows (a question, a payment, who is active) it says in one line each: see the calls of `track…` below.
 */
'use strict';

const express = require('express');
const { setActiveUsers, trackFeedback, trackQuestion, trackRevenue } = require('@intelia/otel');
const assistant = require('./assistant.js');
const db = require('./db.js');

const PLANS = { pro: 29.9, farm: 149.5 };

/** When each user was last seen. Read at each collection, so it is never stale. */
const lastSeen = new Map();
setActiveUsers(() => [...lastSeen.values()].filter((seen) => Date.now() - seen < 5 * 60_000).length);

const api = express.Router();

/** Lets known users in. On the routes and not on the router, so that a refusal is counted under its route. */
async function user(req, res, next) {
  const found = await db.findUser(Number(req.body?.userId ?? req.query.userId ?? 0));
  if (!found) return res.status(401).json({ error: 'unknown user' });
  lastSeen.set(found.id, Date.now());
  req.user = found;
  next();
}

/** Aborts when the client leaves before it has its answer: what nobody reads should not be paid for. */
function goneSignal(res) {
  const gone = new AbortController();
  res.on('close', () => res.writableFinished || gone.abort());
  return gone.signal;
}

async function prepare({ userId, question, language = 'en', source = 'web', quality = 'fast' }) {
  trackQuestion({ source, language });
  await db.recordEvent('question', userId);
  const documents = await db.nearestDocuments(await assistant.embed(question), 3);
  return { question, language, quality, documents };
}

function question(req, res, next) {
  if (typeof req.body.question === 'string' && req.body.question !== '') return next();
  res.status(400).json({ error: 'question is required' });
}

api.post('/ask', user, question, async (req, res) => {
  const signal = goneSignal(res);
  const answer = await assistant.answer(await prepare(req.body), signal);
  const id = await db.saveQuestion({ userId: req.user.id, question: req.body.question, answer });
  res.json({ id, answer });
});

api.post('/ask/stream', user, question, async (req, res) => {
  const signal = goneSignal(res);
  const asked = await prepare(req.body);
  let answer = '';
  for await (const words of assistant.streamAnswer(asked, signal)) {
    // The first words open the stream: until then a failure can still be told by a status.
    if (!res.headersSent) res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(`data: ${JSON.stringify({ words })}\n\n`);
    answer += words;
  }
  const id = await db.saveQuestion({ userId: req.user.id, question: asked.question, answer });
  res.end(`event: done\ndata: ${JSON.stringify({ id })}\n\n`);
});

api.get('/questions/:id', user, async (req, res) => {
  const found = await db.findQuestion(Number(req.params.id));
  if (!found) return res.status(404).json({ error: 'no such question' });
  res.json(found);
});

api.post('/documents/search', user, async (req, res) => {
  const found = await db.nearestDocuments(await assistant.embed(req.body.query), 5);
  res.json(found.map(({ id, title, score }) => ({ id, title, score })));
});

api.post('/documents/:id/summary', user, async (req, res) => {
  const document = await db.findDocument(Number(req.params.id));
  if (!document) return res.status(404).json({ error: 'no such document' });
  res.json({ summary: await assistant.summarise(document) });
});

api.post('/speak', user, async (req, res) => {
  res.type('audio/mpeg').send(await assistant.speak(req.body.text));
});

api.post('/feedback', user, async (req, res) => {
  const { questionId, rating } = req.body;
  await db.saveFeedback(questionId, rating);
  trackFeedback({ rating });
  res.status(204).end();
});

api.post('/subscribe', user, async (req, res) => {
  const { plan } = req.body;
  const amountUsd = PLANS[plan];
  if (!amountUsd) return res.status(400).json({ error: 'unknown plan' });
  await db.subscribe({ userId: req.user.id, plan, amountUsd });
  trackRevenue({ plan, amountUsd });
  res.status(201).json({ plan });
});

api.post('/photos/diagnose', user, async (req, res) => {
  res.json(await assistant.diagnosePhoto(req.body.url));
});

api.get('/reports/activity', async (req, res) => res.json(await db.activity()));
api.get('/reports/weekly', async (req, res) => res.json(await db.weeklyReport()));

const app = express();
app.use(express.json());
app.use('/api/v1', api);

/** What a route threw becomes a status: 503 when the provider asks for patience, 502 when it failed, else 500. */
app.use((error, req, res, _next) => {
  if (res.destroyed) return;
  if (res.headersSent) return res.end('event: error\ndata: {}\n\n');
  const fromProvider = error instanceof assistant.ProviderError;
  const status = !fromProvider ? (error.status ?? 500) : error.status === 429 ? 503 : 502;
  res.status(status).json({ error: status < 500 ? error.message : 'please try again' });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`Intelia Expert on http://127.0.0.1:${server.address().port}`);
});
// Longer than the clients keep an idle connection, as behind any load balancer.
server.keepAliveTimeout = 65_000;

process.once('SIGTERM', () => {
  server.close(() => void db.close());
  server.closeIdleConnections();
});
