import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { startProcess, withoutOurs, type RunResult } from '../support/run-process.js';

const ROOT = join(__dirname, '../..');
const FIXTURES = join(ROOT, 'test/fixtures/exits');
const QUESTIONS = 'intelia_questions_total';
/** The promise. */
const LIMIT_MS = 2_000;
/** What start-up, loading the serializers and a busy machine may take besides. */
const MARGIN_MS = 2_500;

interface End {
  readonly name: string;
  readonly how: string;
  readonly signal?: NodeJS.Signals;
  /** What the receiver is to have, by `source`. */
  readonly asked: Readonly<Record<string, number>>;
  readonly error?: string;
}

/** The eight of the promise first; then others that are met. */
const ENDS: readonly End[] = [
  { name: 'return', how: 'return', asked: { start: 1, last: 1 } },
  { name: 'beforeExit', how: 'beforeExit', asked: { start: 1, last: 1 } },
  { name: 'process.exit', how: 'exit', asked: { start: 1, last: 1 } },
  { name: 'SIGTERM', how: 'signal', signal: 'SIGTERM', asked: { start: 1, last: 1 } },
  {
    name: 'SIGTERM with an own handler that exits',
    how: 'drainingExit', signal: 'SIGTERM', asked: { start: 1, drained: 1 },
  }, // prettier-ignore
  { name: 'SIGINT', how: 'signal', signal: 'SIGINT', asked: { start: 1, last: 1 } },
  {
    name: 'an uncaught exception',
    how: 'uncaught',
    asked: { start: 1, last: 1 },
    error: 'uncaught_exception',
  },
  {
    name: 'an unhandled rejection',
    how: 'rejection',
    asked: { start: 1, last: 1 },
    error: 'unhandled_rejection',
  },
];
const MORE_ENDS: readonly End[] = [
  { name: 'beforeExit that starts work again', how: 'beforeExitWork', asked: { start: 1, last: 2 } },
  { name: 'an exit listener that records', how: 'exitListener', asked: { start: 1, last: 1 } },
  { name: 'process.exitCode', how: 'exitCode', asked: { start: 1, last: 1 } },
  { name: 'an exception in the first turn', how: 'uncaughtAtOnce', asked: { start: 1, last: 1 } },
  { name: 'a handler for uncaught exceptions', how: 'caught', asked: { start: 1, last: 1 } },
  {
    name: 'SIGTERM with an own handler that lets the loop run dry',
    how: 'drainingReturn', signal: 'SIGTERM', asked: { start: 1, drained: 1 },
  },
  {
    name: 'SIGTERM with an own handler that raises it again',
    how: 'drainingRaise', signal: 'SIGTERM', asked: { start: 1, drained: 1 },
  },
  { name: 'SIGTERM with signal-exit', how: 'signalExit', signal: 'SIGTERM', asked: { start: 1, drained: 1 } },
]; // prettier-ignore

type Door = 'bare' | '--require' | '--import';

function doorArgs(door: Door): string[] {
  if (door === 'bare') return [];
  const file = door === '--require' ? 'dist/register.cjs' : 'dist/register.mjs';
  return [door, door === '--require' ? join(ROOT, file) : `file://${join(ROOT, file)}`];
}

async function run(
  { how, signal }: End,
  door: Door,
  endpoint: string,
  script = 'app.cjs',
): Promise<RunResult> {
  const running = startProcess({
    nodeArgs: doorArgs(door),
    script: join(FIXTURES, script),
    args: [how],
    env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'exits' },
  });
  if (signal !== undefined) {
    await running.said('ready');
    running.child.kill(signal);
  }
  return running.ended;
}

/** That the process ended as it does without us. */
function assertSame(result: RunResult, bare: RunResult): void {
  const seen = result;
  assert.deepEqual(
    {
      code: seen.code,
      signal: seen.signal,
      stdout: seen.stdout,
      stderr: withoutOurs(seen.stderr),
      timedOut: seen.timedOut,
    },
    { code: bare.code, signal: bare.signal, stdout: bare.stdout, stderr: bare.stderr, timedOut: false },
  );
}

function assertTotals(receiver: OtlpReceiver, { asked, error }: End): void {
  const got = Object.fromEntries(
    Object.keys(asked).map((source) => [source, receiver.total(QUESTIONS, { source, language: 'fr' })]),
  );
  assert.deepEqual(got, asked);
  if (error === undefined) return;
  assert.equal(receiver.total('intelia_errors_total', { type: error, severity: 'critical' }), 1);
}

const ourLines = (result: RunResult): string[] =>
  result.stderr.split('\n').filter((line) => line.startsWith('[intelia-otel]') && line.includes('OTLP push'));

describe('the ends of a process', function () {
  this.timeout(30_000);
  const bare = new Map<string, RunResult>();
  let refused: string;

  before(async () => {
    if (!existsSync(join(ROOT, 'dist/register.cjs'))) {
      execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, stdio: 'ignore' });
    }
    const gone = await startOtlpReceiver();
    refused = gone.url;
    await gone.close();
    for (const end of [...ENDS, ...MORE_ENDS]) bare.set(end.name, await run(end, 'bare', refused));
  });
  const bareOf = ({ name }: End): RunResult => bare.get(name) as RunResult;

  describe('backend up: it has every last increment', () => {
    let receiver: OtlpReceiver;
    beforeEach(async () => (receiver = await startOtlpReceiver()));
    afterEach(() => receiver.close());

    for (const end of [...ENDS, ...MORE_ENDS]) {
      it(`${end.name}, --require`, async () => {
        const result = await run(end, '--require', receiver.url);
        assertSame(result, bareOf(end));
        assertTotals(receiver, end);
        assert.deepEqual(ourLines(result), []);
      });
    }

    for (const end of ENDS) {
      it(`${end.name}, --import, an ES module`, async () => {
        const result = await run(end, '--import', receiver.url, 'app.mjs');
        const plain = await run(end, 'bare', refused, 'app.mjs');
        assertSame(result, plain);
        assertTotals(receiver, end);
      });
    }

    it('sends nothing when nothing has been recorded since', async () => {
      const code = `
        const { flush, trackQuestion } = require(${JSON.stringify(join(ROOT, 'dist/index.cjs'))});
        trackQuestion({ source: 'web', language: 'fr' });
        flush().then(() => process.exit(0));`;
      const { code: exitCode } = await startProcess({
        nodeArgs: doorArgs('--require'),
        code,
        env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
      }).ended;
      assert.deepEqual([exitCode, receiver.requests.length], [0, 1]);
    });

    it('sends what foreign meters hold when the loop runs dry', async () => {
      const code = `
        const { metrics } = require(${JSON.stringify(join(ROOT, 'node_modules/@opentelemetry/api'))});
        metrics.getMeter('app').createCounter('jobs').add(3);`;
      await startProcess({
        nodeArgs: doorArgs('--require'),
        code,
        env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
      }).ended;
      assert.equal(receiver.total('jobs'), 3);
    });

    it('does not pass its preload, its settings or a secret to the process that sends the last totals', async () => {
      const result = await startProcess({
        script: join(FIXTURES, 'app.cjs'),
        args: ['exit'],
        env: {
          NODE_OPTIONS: `--require ${join(ROOT, 'dist/register.cjs')}`,
          OTEL_METRICS_EXPORTER: 'otlp',
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20c2VjcmV0',
        },
      }).ended;
      assert.equal(result.code, 3);
      assert.equal(receiver.requests.length, 1);
      assert.equal(receiver.requests[0]?.headers.authorization, 'Basic c2VjcmV0');
    });
  });

  describe('backend down: it ends as without us, and says why nothing arrived', () => {
    for (const end of ENDS) {
      it(end.name, async () => {
        const result = await run(end, '--require', refused);
        assertSame(result, bareOf(end));
        assert.ok(result.ms < bareOf(end).ms + LIMIT_MS + MARGIN_MS, `${result.ms} ms`);
        assert.equal(ourLines(result).length, 1, result.stderr);
        assert.match(ourLines(result)[0] ?? '', /ECONNREFUSED/);
      });
    }
  });

  describe('a backend that never answers: at most 2 s more', () => {
    let hole: OtlpReceiver;
    const results = new Map<string, Promise<RunResult>>();
    before(async () => {
      hole = await startOtlpReceiver();
      hole.answer('hang');
      for (const end of ENDS) results.set(end.name, run(end, '--require', hole.url));
    });
    after(() => hole.close());

    for (const end of ENDS) {
      it(end.name, async () => {
        const result = (await results.get(end.name)) as RunResult;
        assertSame(result, bareOf(end));
        assert.ok(result.ms < bareOf(end).ms + LIMIT_MS + MARGIN_MS, `${result.ms} ms`);
        assert.equal(ourLines(result).length, 1, result.stderr);
        assert.match(ourLines(result)[0] ?? '', /no answer in time/);
      });
    }
  });
});
