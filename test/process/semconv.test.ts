/** INTELIA_SEMCONV_METRICS from the door: the same figures on pull and push, and nothing loaded where nobody asks. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startLlmServer, type LlmServer } from '../support/llm-server.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { parsePromText, seriesOf } from '../support/prom-text.js';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');

/** Two chats, one of which fails; prints what a second scrape shows, and whether the SDK is loaded. */
const APP = `
  const { metricsHandler, flush, shutdown } = require('./src/index.ts');
  const chat = () => fetch(process.env.LLM + '/chat/completions',
    { method: 'POST', body: JSON.stringify({ model: 'gpt-4o', messages: [] }) }).then((r) => r.text());
  const server = require('node:http').createServer(metricsHandler()).listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + server.address().port;
    await chat();
    await chat();
    await (await fetch(url)).text();
    const text = await (await fetch(url)).text();
    await flush();
    const isLoaded = Object.keys(require.cache).some((file) => file.includes('@opentelemetry/sdk-metrics'));
    console.log(JSON.stringify({ text, isLoaded }));
    server.close();
    await shutdown();
  });`;

describe('OTel GenAI metrics from the door', () => {
  let llm: LlmServer;
  let receiver: OtlpReceiver;
  beforeEach(async () => {
    let calls = 0;
    llm = await startLlmServer((response) => {
      if (calls++ > 0) return response.writeHead(429).end('{}');
      const usage = { prompt_tokens: 11, completion_tokens: 7 };
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ model: 'gpt-4o-2024-08-06', choices: [], usage }));
    });
    receiver = await startOtlpReceiver();
  });
  afterEach(() => Promise.all([llm.close(), receiver.close()]));

  async function app(env: Record<string, string>): Promise<{ text: string; isLoaded: boolean }> {
    const nodeArgs = ['--require', 'tsx/cjs', '--require', './src/register.ts'];
    const all = { LLM: llm.url, OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env };
    const { code, stdout, stderr } = await runProcess({ nodeArgs, code: APP, cwd: root, env: all });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as { text: string; isLoaded: boolean };
  }

  it('are on pull and on push, exactly', async () => {
    const { text, isLoaded } = await app({
      INTELIA_SEMCONV_METRICS: 'gen_ai',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    });
    assert.equal(isLoaded, true);
    const asked = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai_compatible',
      'gen_ai.request.model': 'gpt-4o',
    };
    const answered = { ...asked, 'gen_ai.response.model': 'gpt-4o-2024-08-06' };
    const expected: [name: string, attributes: Record<string, string>, count: number, sum?: number][] = [
      ['gen_ai.client.token.usage', { ...answered, 'gen_ai.token.type': 'input' }, 1, 11],
      ['gen_ai.client.token.usage', { ...answered, 'gen_ai.token.type': 'output' }, 1, 7],
      ['gen_ai.client.operation.duration', answered, 1],
      ['gen_ai.client.operation.duration', { ...asked, 'error.type': 'rate_limited' }, 1],
    ];
    const pulled = seriesOf(parsePromText(text));
    for (const [name, attributes, count, sum] of expected) {
      const series = name.replaceAll('.', '_') + (name.endsWith('duration') ? '_seconds' : '');
      const labels = Object.entries(attributes).map(
        ([key, value]) => `${key.replaceAll('.', '_')}="${value}"`,
      );
      assert.equal(pulled[`${series}_count{${labels.sort().join(',')}}`], count, `${name} on pull`);
      if (sum !== undefined) assert.equal(pulled[`${series}_sum{${labels.sort().join(',')}}`], sum);
      assert.equal(receiver.total(name, attributes), count, `${name} on push`);
    }
    const ofTokens = Object.keys(pulled).filter((key) => key.startsWith('gen_ai_client_token_usage_count'));
    assert.equal(ofTokens.length, 2);
    // Not a streamed answer.
    assert.ok(!text.includes('time_to_first_chunk'));
  });

  it('are not there, and the SDK is not loaded, unless asked for', async () => {
    const { text, isLoaded } = await app({});
    assert.ok(text.includes('intelia_llm_requests_total{model="gpt-4o",status="success"} 1\n'));
    assert.ok(!text.includes('gen_ai_'));
    assert.equal(isLoaded, false);
  });
});
