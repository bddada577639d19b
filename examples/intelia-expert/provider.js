/**
 * A stand-in for api.openai.com on loopback: the wire format of the public API, its failures too, and a ledger of
 * what it billed. The demo points the `openai` SDK at it, so that no account is needed and every figure is known.
 *
 *   const { startProvider } = require('./provider.js');
 *   const provider = await startProvider({ seed: 7 });
 *   new OpenAI({ baseURL: provider.url, apiKey: 'sk-demo' });
 */
'use strict';

const { createServer } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const { gzipSync } = require('node:zlib');
const { createLedger, findModel } = require('./provider/ledger.js');
const answers = require('./provider/answers.js');

const { hash, promptText } = answers;

/** A prompt that says so gets a long answer, slowly: something that a client has time to walk away from. */
const SLOW = /take your time/i;

/** How often (in a thousand) a call fails, on top of what the request itself does wrong. */
const FAULT_RATES = { 429: 60, 500: 25, reset: 20, reset_midstream: 25 };

/** The same text at the same attempt always meets the same fate, whatever else goes on. */
function seededFaults(seed) {
  return ({ text, attempt }) => {
    let dice = hash(`${seed}:${attempt}:${text}`) % 1000;
    for (const [fault, rate] of Object.entries(FAULT_RATES)) if ((dice -= rate) < 0) return fault;
    return undefined;
  };
}

/**
 * @param {object} [options]
 * @param {number} [options.seed] decides which calls fail and how long each takes
 * @param {false | ((call: { endpoint: string, model: string, text: string, attempt: number, stream: boolean }) => string | undefined)} [options.faults]
 *   `429`, `500`, `reset` (before headers), `reset_midstream` (streams only) or undefined; false: none
 * @param {number} [options.pace] 1 answers in tenths of a second; 0 at once
 * @param {number} [options.billExtra] tokens added to each bill: makes the ledger wrong on purpose
 */
async function startProvider({ seed = 1, faults = seededFaults(seed), pace = 1, billExtra = 0 } = {}) {
  const ledger = createLedger({ billExtra });
  const attempts = new Map();
  const server = createServer((req, res) => {
    handle(req, res).catch(() => res.destroy());
  });
  // Longer than any client keeps an idle connection: a connection closed while a request is on its way would be a
  // failure that the client sees and this ledger does not.
  server.keepAliveTimeout = 120_000;

  async function handle(req, res) {
    const body = parse(await readAll(req));
    const endpoint = ENDPOINTS[`${req.method} ${req.url.split('?')[0]}`];
    setCommonHeaders(res, hash(`${seed}${ledger.lines.length}`));
    const call = {
      endpoint: endpoint?.name ?? req.url,
      model: String(body?.model ?? ''),
      res,
      pace,
      body,
      settled: false,
    };
    call.retry = Number(req.headers['x-stainless-retry-count'] ?? 0) > 0;
    call.gzip = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
    call.settle = (outcome, usage) => {
      if (!call.settled) ledger.write({ ...call, outcome, usage });
      call.settled = true;
    };
    res.on('close', () => call.settle(res.writableFinished ? String(res.statusCode) : 'hung_up'));
    const refusal = refuse(req, body, endpoint);
    if (refusal) return sendError(call, ...refusal);
    call.model = findModel(body.model).id;
    call.text = promptText(body);
    call.stream = body.stream === true;
    call.attempt = attempts.get(call.text) ?? 0;
    attempts.set(call.text, call.attempt + 1);
    await answer(call, endpoint, faults ? faults(call) : undefined, seed);
  }

  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    /** Give this to the SDK as `baseURL`. */
    url: `http://127.0.0.1:${server.address().port}/v1`,
    port: server.address().port,
    /** Every request so far: `{ endpoint, model, outcome, usage, usd, retry }`. */
    ledger: ledger.lines,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const ENDPOINTS = {
  'POST /v1/chat/completions': { name: 'chat', needs: 'messages', reply: replyChat },
  'POST /v1/responses': { name: 'responses', needs: 'input', reply: replyResponse },
  'POST /v1/embeddings': { name: 'embeddings', needs: 'input', reply: replyEmbeddings },
  'POST /v1/audio/speech': { name: 'speech', needs: 'input', reply: replySpeech },
};

/** Status, code and message of what is wrong with the request itself; undefined when nothing is. */
function refuse(req, body, endpoint) {
  if (!endpoint) return [404, null, `Invalid URL (${req.method} ${req.url})`];
  if (!/^Bearer \S+$/.test(req.headers.authorization ?? '')) {
    return [401, 'invalid_api_key', "You didn't provide an API key."];
  }
  if (!body) return [400, null, 'We could not parse the JSON body of your request.'];
  if (!body.model) return [400, null, 'you must provide a model parameter'];
  if (!findModel(body.model)) {
    return [
      404,
      'model_not_found',
      `The model \`${body.model}\` does not exist or you do not have access to it.`,
    ];
  }
  if (!body[endpoint.needs]?.length) {
    return [400, 'missing_required_parameter', `Missing required parameter: '${endpoint.needs}'.`];
  }
  return undefined;
}

async function answer(call, endpoint, fault, seed) {
  const dice = hash(`${seed}/${call.text}`);
  // A 429 is said at once; work takes time.
  if (fault === '429')
    return sendError(call, 429, 'rate_limit_exceeded', `Rate limit reached for ${call.model}.`);
  await sleep((40 + (dice % 160)) * call.pace);
  if (fault === '500')
    return sendError(call, 500, null, 'The server had an error while processing your request.');
  if (fault === 'reset') return cut(call);
  const slow = SLOW.test(call.text);
  call.known = findModel(call.model);
  call.words = answers.inventWords(dice, slow ? 400 : 12 + (dice % 30));
  call.usage = answers.usageOf(call.known, call.body, call.words);
  call.gapMs = slow ? 50 : (2 + (dice % 6)) * call.pace;
  if (slow && !call.stream) await sleep(call.gapMs * call.words.length);
  return endpoint.reply(
    { ...call, model: call.known, seed: dice, cutAfter: fault === 'reset_midstream' ? 5 : Infinity },
    call,
  );
}

function replyChat(made, call) {
  if (!made.stream) return sendJson(call, 200, answers.chatAnswer(made), made.usage);
  const chunks = answers.chatChunks({ ...made, options: call.body.stream_options });
  return sendEvents(
    made,
    call,
    lines(chunks, (chunk) => `data: ${JSON.stringify(chunk)}\n\n`, 'data: [DONE]\n\n'),
  );
}

function replyResponse(made, call) {
  if (!made.stream) return sendJson(call, 200, answers.responseAnswer(made), made.usage);
  const write = (event, sequence_number) =>
    `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`;
  return sendEvents(made, call, lines(answers.responseEvents(made), write));
}

function replyEmbeddings(made, call) {
  const usage = { prompt: made.usage.prompt };
  return sendJson(call, 200, answers.embeddingAnswer({ ...made, usage }), usage);
}

function replySpeech(made, call) {
  call.res.on('finish', () => call.settle('ok', { characters: [...call.text].length }));
  call.res.writeHead(200, { 'content-type': 'audio/mpeg' });
  call.res.end(answers.speechBytes(call.text));
}

function* lines(items, write, last) {
  let i = 0;
  for (const item of items) yield write(item, i++);
  if (last) yield last;
}

async function sendEvents(made, call, events) {
  const { res } = call;
  res.on('finish', () => call.settle('ok', made.usage));
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  let left = made.cutAfter;
  for (const event of events) {
    if (res.destroyed) return;
    if (left-- <= 0) return cut(call);
    res.write(event);
    // Also with pace 0: without a pause the whole stream would leave as one piece.
    await sleep(made.gapMs);
  }
  res.end();
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

function setCommonHeaders(res, dice) {
  res.setHeader('x-request-id', `req_${dice.toString(16).padStart(8, '0').repeat(4)}`);
  res.setHeader('openai-version', '2020-10-01');
  res.setHeader('openai-organization', 'intelia-demo');
  res.setHeader('openai-processing-ms', String(40 + (dice % 160)));
  res.setHeader('x-ratelimit-limit-requests', '5000');
  res.setHeader('x-ratelimit-remaining-requests', '4999');
  res.setHeader('x-ratelimit-reset-requests', '12ms');
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readAll(req) {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += chunk;
  return text;
}

module.exports = { startProvider };
