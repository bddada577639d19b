// Calls the openai SDK under one library, told how often by its parent. The fetch underneath answers at once, from
// memory: nothing reaches the network, and nothing but SDK and library is measured.
'use strict';

const { createRequire } = require('node:module');
const path = require('node:path');
const peers = createRequire(path.join(__dirname, '../llm-peers/package.json'));

const CHUNKS = 500;
const USAGE = '{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500}';
const HEAD =
  '"id":"chatcmpl-BGtW0cVdQ8KpY1","created":1743600000,"model":"gpt-4o-2024-08-06","service_tier":"default"';
const chunk = (choices, usage) =>
  `data: {${HEAD},"object":"chat.completion.chunk","choices":[${choices}]${usage ? `,"usage":${usage}` : ''}}\n\n`;
const WORD = '{"index":0,"delta":{"content":" broilers"},"logprobs":null,"finish_reason":null}';
const encode = (texts) => texts.map((text) => new TextEncoder().encode(text));
const PLAIN = encode([...new Array(CHUNKS).fill(chunk(WORD)), 'data: [DONE]\n\n']);
const WITH_USAGE = encode([
  ...new Array(CHUNKS).fill(chunk(WORD, 'null')),
  chunk('', USAGE),
  'data: [DONE]\n\n',
]);
const ANSWER =
  `{${HEAD},"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":` +
  `${JSON.stringify('Keep the litter dry. '.repeat(50))}},"finish_reason":"stop"}],"usage":${USAGE}}`;

/** As OpenAI: usage in a stream for those who ask. */
globalThis.fetch = async function fetch(_url, init) {
  const body = String(init.body);
  if (!body.includes('"stream":true')) {
    return new Response(ANSWER, { headers: { 'content-type': 'application/json' } });
  }
  const chunks = body.includes('"include_usage":true') ? WITH_USAGE : PLAIN;
  let i = 0;
  const pull = (controller) => (i < chunks.length ? controller.enqueue(chunks[i++]) : controller.close());
  const stream = new ReadableStream({ pull }, { highWaterMark: 0 });
  return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
};

/** Each as its own documentation puts it in; what they make is thrown away instead of sent. */
const LIBRARIES = {
  bare: () => () => true,
  ours() {
    const original = globalThis.fetch;
    require('../../dist/register.cjs');
    return () => globalThis.fetch !== original;
  },
  otel: () => instrumented(peers('@opentelemetry/instrumentation-openai').OpenAIInstrumentation),
  traceloop: () => instrumented(peers('@traceloop/instrumentation-openai').OpenAIInstrumentation),
  openlit() {
    const { default: Openlit } = peers('openlit');
    Openlit.init({ otlpEndpoint: 'http://127.0.0.1:9', pricingJson: '{}' });
    const { OpenAI } = peers('openai');
    return () => '__wrapped' in OpenAI.Chat.Completions.prototype.create;
  },
};

function instrumented(Instrumentation) {
  const { NodeTracerProvider } = peers('@opentelemetry/sdk-trace-node');
  const { BatchSpanProcessor } = peers('@opentelemetry/sdk-trace-base');
  const { MeterProvider, MetricReader } = peers('@opentelemetry/sdk-metrics');
  const { metrics } = peers('@opentelemetry/api');
  class IdleReader extends MetricReader {
    onForceFlush = () => Promise.resolve();
    onShutdown = () => Promise.resolve();
  }
  const exporter = { export: (_spans, done) => done({ code: 0 }), shutdown: () => Promise.resolve() };
  const tracers = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  tracers.register();
  const meters = new MeterProvider({ readers: [new IdleReader()] });
  metrics.setGlobalMeterProvider(meters);
  const instrumentation = new Instrumentation();
  instrumentation.setTracerProvider(tracers);
  instrumentation.setMeterProvider(meters);
  const { OpenAI } = peers('openai');
  return () => '__wrapped' in OpenAI.Chat.Completions.prototype.create;
}

const messages = [{ role: 'user', content: 'How warm should chicks be in their first week?' }];
const chat = { model: 'gpt-4o', messages };
/** The SDK itself stays silent about failures of others: an answer that is not whole ends the benchmark. */
const WORK = {
  async call(openai, n) {
    for (let i = 0; i < n; i++) {
      const { usage } = await openai.chat.completions.create(chat);
      if (usage.total_tokens !== 1500) throw new Error('another answer');
    }
    return n;
  },
  async stream(openai, n) {
    for (let i = 0; i < n; i++) {
      let chunks = 0;
      for await (const _ of await openai.chat.completions.create({ ...chat, stream: true })) chunks++;
      if (chunks !== CHUNKS) throw new Error(`${chunks} chunks`);
    }
    return n * CHUNKS;
  },
  async first(openai, n) {
    for (let i = 0; i < n; i++) {
      for await (const _ of await openai.chat.completions.create({ ...chat, stream: true })) break;
    }
    return n;
  },
};

const isIn = LIBRARIES[process.argv[2]]();
const { OpenAI: Client } = peers('openai');
const openai = new Client({ apiKey: 'sk-bench', maxRetries: 0 });

process.on('message', async ({ work, n }) => {
  try {
    // Nothing is collected beforehand: V8 forgets with it what it has learnt of the code, and calls take four times as long.
    const start = process.hrtime.bigint();
    const units = await WORK[work](openai, n);
    process.send({ ns: Number(process.hrtime.bigint() - start) / units });
  } catch (error) {
    process.send({ error: String(error) });
  }
});
process.send({ isIn: isIn() });
