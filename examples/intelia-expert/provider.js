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
const { hash, promptText } = require('./provider/answers.js');
const { createLedger, findModel } = require('./provider/ledger.js');
const { answer, ENDPOINTS, sendError } = require('./provider/reply.js');

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
  const working = new Set();
  const waiting = new Set();

  async function handle(req, res) {
    working.add(res);
    const body = parse(await readAll(req));
    const endpoint = ENDPOINTS[`${req.method} ${req.url.split('?')[0]}`];
    setCommonHeaders(res, hash(`${seed}${ledger.lines.length}`));
    const call = createCall({ req, res, body, endpoint, pace, seed, write: ledger.write });
    res.on('close', () => {
      call.settle(res.writableFinished ? String(res.statusCode) : 'hung_up');
      working.delete(res);
    });
    const refusal = refuse(req, body, endpoint);
    if (refusal) return sendError(call, ...refusal);
    for (const waiter of waiting) if (call.slow && call.text.includes(waiter.words)) waiter.resolve();
    // A slow call is never failed: only its client ends it early.
    return answer(call, endpoint, faults && !call.slow ? faults(call) : undefined);
  }

  const server = createServer((req, res) => void handle(req, res).catch(() => res.destroy()));
  // Longer than any client keeps an idle connection: a connection closed while a request is on its way would be a
  // failure that the client sees and this ledger does not.
  server.keepAliveTimeout = 120_000;
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    /** Every request so far: `{ endpoint, model, outcome, usage, usd, retry }`. */
    ledger: ledger.lines,
    /** Requests that are being answered. */
    working: () => working.size,
    /** Resolves when a call that takes its time arrives with these words in its prompt. */
    waitFor: (words) => new Promise((resolve) => waiting.add({ words, resolve })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What is known of one request, and `settle`, which writes it to the ledger the first time it is called. */
function createCall({ req, res, body, endpoint, pace, seed, write }) {
  const text = promptText(body ?? {});
  const known = findModel(body?.model ?? '');
  // How often the SDK has sent this call before.
  const attempt = Number(req.headers['x-stainless-retry-count'] ?? 0);
  const gone = new AbortController();
  res.on('close', () => gone.abort());
  const call = {
    res,
    body,
    text,
    pace,
    known,
    gone: gone.signal,
    endpoint: endpoint?.name ?? req.url,
    model: known?.id ?? String(body?.model ?? ''),
    stream: body?.stream === true,
    slow: endpoint?.generates === true && SLOW.test(text),
    dice: hash(`${seed}/${text}`),
    gzip: /\bgzip\b/.test(req.headers['accept-encoding'] ?? ''),
    attempt,
    retry: attempt > 0,
    settled: false,
    settle(outcome, usage) {
      if (!call.settled) write({ ...call, outcome, usage });
      call.settled = true;
    },
  };
  return call;
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
