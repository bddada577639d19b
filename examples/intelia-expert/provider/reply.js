/** How an answer goes over the wire: whole, as a stream of events, as an error, or not at all. */
'use strict';

const { setTimeout: delay } = require('node:timers/promises');
const { gzipSync } = require('node:zlib');
const answers = require('./answers.js');

/** By method and path: its name in the ledger, the field it cannot do without, and whether words come out of it. */
const ENDPOINTS = {
  'POST /v1/chat/completions': { name: 'chat', needs: 'messages', generates: true, reply: replyChat },
  'POST /v1/responses': { name: 'responses', needs: 'input', generates: true, reply: replyResponse },
  'POST /v1/embeddings': { name: 'embeddings', needs: 'input', reply: replyEmbeddings },
  'POST /v1/audio/speech': { name: 'speech', needs: 'input', reply: replySpeech },
};

/** Ends early, and leaves no timer behind, when the client hangs up. */
const sleep = (call, ms) => delay(ms, undefined, { signal: call.gone }).catch(() => undefined);

async function answer(call, endpoint, fault) {
  // A 429 is said at once; work takes time.
  if (fault === '429')
    return sendError(call, 429, 'rate_limit_exceeded', `Rate limit reached for ${call.model}.`);
  await sleep(call, (40 + (call.dice % 160)) * call.pace);
  if (fault === '500')
    return sendError(call, 500, null, 'The server had an error while processing your request.');
  if (fault === 'reset') return cut(call);
  const words = answers.inventWords(call.dice, call.slow ? 400 : 12 + (call.dice % 30));
  const usage = answers.usageOf(call.known, call.body, words);
  const made = { model: call.known, seed: call.dice, body: call.body, words, usage };
  call.gapMs = call.slow ? 50 : (2 + (call.dice % 6)) * call.pace;
  call.cutAfter = fault === 'reset_midstream' ? 5 : Infinity;
  if (call.slow && !call.stream) await sleep(call, call.gapMs * words.length);
  return endpoint.reply(call, made);
}

function replyChat(call, made) {
  if (!call.stream) return sendJson(call, 200, answers.chatAnswer(made), made.usage);
  const chunks = [...answers.chatChunks({ ...made, options: call.body.stream_options })];
  const events = [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n'];
  return sendEvents(call, events, made.usage);
}

function replyResponse(call, made) {
  if (!call.stream) return sendJson(call, 200, answers.responseAnswer(made), made.usage);
  const events = [...answers.responseEvents(made)].map(
    (event, i) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: i })}\n\n`,
  );
  return sendEvents(call, events, made.usage);
}

function replyEmbeddings(call, made) {
  const usage = { prompt: made.usage.prompt };
  return sendJson(call, 200, answers.embeddingAnswer({ ...made, usage }), usage);
}

/** Sold by the character, and answered with nothing but sound. */
function replySpeech(call) {
  call.res.on('finish', () => call.settle('ok', { characters: [...call.text].length }));
  call.res.writeHead(200, { 'content-type': 'audio/mpeg' });
  call.res.end(answers.speechBytes(call.text));
}

async function sendEvents(call, events, usage) {
  const { res } = call;
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  for (const [i, event] of events.slice(0, -1).entries()) {
    if (i === call.cutAfter) return cut(call);
    res.write(event);
    // Also with pace 0: without a pause the whole stream would leave as one piece.
    await sleep(call, call.gapMs);
    if (res.destroyed) return;
  }
  // Billed with the last event, not when the connection is done: SDKs hang up as soon as they have read that event.
  call.settle('ok', usage);
  res.end(events.at(-1));
}

function sendJson(call, status, body, usage) {
  const { res } = call;
  if (usage) res.on('finish', () => call.settle('ok', usage));
  const text = Buffer.from(JSON.stringify(body, null, 2));
  const bytes = call.gzip ? gzipSync(text) : text;
  if (call.gzip) res.setHeader('content-encoding', 'gzip');
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
  res.end(bytes);
}

function sendError(call, status, code, message) {
  const type = { 429: 'requests', 500: 'server_error' }[status] ?? 'invalid_request_error';
  if (status === 429) call.res.setHeader('retry-after', '1').setHeader('retry-after-ms', '60');
  sendJson(call, status, { error: { message, type, param: null, code } });
}

/** The connection dies, as when a proxy in between restarts. */
function cut(call) {
  call.settle('reset');
  call.res.socket?.resetAndDestroy();
}

module.exports = { answer, ENDPOINTS, sendError };
