import assert from 'node:assert/strict';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { FLUSH_AT, type Format } from '../../src/export/format.js';
import { announce, writeCells } from '../../src/export/text.js';
import { PULL, PUSH } from '../../src/metrics/cell.js';
import { cellMetrics } from '../../src/metrics/producer.js';
import type { Registry } from '../../src/metrics/registry.js';
import { testContext } from '../support/context.js';
import { parsePromText, seriesOf } from '../support/prom-text.js';

async function written(registry: Registry, format: Format = 'text'): Promise<string> {
  const pieces: string[] = [];
  await writeCells(registry, format, (piece) => void pieces.push(piece));
  return pieces.join('') + (format === 'openmetrics' ? '# EOF\n' : '');
}

function announceAll(registry: Registry): void {
  for (const family of Object.values(registry.families)) {
    for (const cell of family.cells) cell.announced = PULL | PUSH;
  }
}

/** Something of every kind, with odd values among it. */
function filled(): Registry {
  const { registry } = testContext();
  const { emit, observe } = registry;
  emit('intelia_llm_cost_usd_total', 0.1 + 0.2, { model: 'gpt "4o"\\\n', feature: 'chat' });
  emit('intelia_llm_cost_usd_total', 1e21, { model: 'gpt-4o', feature: '' });
  emit('intelia_llm_tokens_total', 12, { model: 'gpt-4o', type: 'prompt' });
  for (const seconds of [0.004, 0.3, 5, 7, 1000]) {
    emit('intelia_http_request_duration_seconds', seconds, { method: 'GET', endpoint: '/a/:id' });
  }
  emit('intelia_active_users', -2.5, {});
  observe('intelia_uptime_seconds', (set) => set(12.25, {}));
  observe('intelia_db_connections_active', (set) => set(3, { pool: 'main' }));
  announceAll(registry);
  return registry;
}

const sampleLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /^[^#]/.test(line))
    .sort();
const typeLines = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('# TYPE'));
const helpLines = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('# HELP'));

describe('text of the cells', () => {
  it('is what Prometheus clients write', async () => {
    const { registry } = testContext();
    registry.emit('intelia_questions_total', 3, { source: 'web', language: 'fr' });
    registry.emit('intelia_gc_duration_seconds', 0.002, { kind: 'minor' });
    registry.emit('intelia_active_users', 7, {});
    announceAll(registry);
    assert.equal(
      await written(registry),
      `# HELP intelia_active_users Users active now
# TYPE intelia_active_users gauge
intelia_active_users 7
# HELP intelia_questions_total Questions asked by users
# TYPE intelia_questions_total counter
intelia_questions_total{source="web",language="fr"} 3
# HELP intelia_gc_duration_seconds Garbage collection pauses
# TYPE intelia_gc_duration_seconds histogram
intelia_gc_duration_seconds_bucket{kind="minor",le="0.0005"} 0
intelia_gc_duration_seconds_bucket{kind="minor",le="0.001"} 0
intelia_gc_duration_seconds_bucket{kind="minor",le="0.005"} 1
intelia_gc_duration_seconds_bucket{kind="minor",le="0.01"} 1
intelia_gc_duration_seconds_bucket{kind="minor",le="0.05"} 1
intelia_gc_duration_seconds_bucket{kind="minor",le="0.1"} 1
intelia_gc_duration_seconds_bucket{kind="minor",le="0.5"} 1
intelia_gc_duration_seconds_bucket{kind="minor",le="1"} 1
intelia_gc_duration_seconds_bucket{kind="minor",le="+Inf"} 1
intelia_gc_duration_seconds_sum{kind="minor"} 0.002
intelia_gc_duration_seconds_count{kind="minor"} 1
`,
    );
  });

  it("has the very lines of exporter-prometheus' serializer, in another order within a histogram", async () => {
    const registry = filled();
    const resource = { attributes: {} } as ResourceMetrics['resource'];
    const metrics = { resource, scopeMetrics: [cellMetrics(registry, 0).scope] };
    const theirs = new PrometheusSerializer('', false, undefined, true, true).serialize(metrics);
    const ours = await written(registry);
    assert.deepEqual(sampleLines(ours), sampleLines(theirs));
    assert.deepEqual(typeLines(ours), typeLines(theirs));
    assert.deepEqual(helpLines(ours), helpLines(theirs));
  });

  it('gives the same series in both formats', async () => {
    const registry = filled();
    const text = parsePromText(await written(registry));
    const openmetrics = parsePromText(await written(registry, 'openmetrics'), 'openmetrics');
    assert.deepEqual(seriesOf(openmetrics), seriesOf(text));
    assert.ok(openmetrics.has('intelia_llm_cost_usd'));
    assert.equal(Object.keys(seriesOf(text)).length, 20);
  });

  it('leaves out a metric without cells, and an observed one that was not set in this collection', async () => {
    const { registry } = testContext();
    const stop = registry.observe('intelia_uptime_seconds', (set) => set(1, {}));
    assert.deepEqual([...parsePromText(await written(registry)).keys()], ['intelia_uptime_seconds']);
    stop();
    registry.observe('intelia_uptime_seconds', () => {});
    assert.equal(await written(registry), '');
  });

  it('any label value comes back from a parser', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (source) => {
        const { registry } = testContext();
        registry.emit('intelia_questions_total', 1, { source, language: 'fr' });
        announceAll(registry);
        for (const format of ['text', 'openmetrics'] as const) {
          const [family] = parsePromText(await written(registry, format), format).values();
          assert.deepEqual(family?.samples, [
            { name: 'intelia_questions_total', labels: { source, language: 'fr' }, value: 1 },
          ]);
        }
      }),
    );
  });

  it('hands on pieces of bounded size that end with a line, and lets the application have the loop', async () => {
    const { registry } = testContext();
    for (let i = 0; i < 1900; i++) {
      const [a, b] = [i % 10, Math.floor(i / 10)];
      registry.emit('intelia_db_query_duration_seconds', 0.1, {
        operation: `operation ${a}`,
        table: `table ${b}`,
      });
    }
    announceAll(registry);
    let turns = 0;
    const spin = (): NodeJS.Immediate => setImmediate(() => (turns++, (immediate = spin())));
    let immediate = spin();
    const pieces: string[] = [];
    await writeCells(registry, 'text', (piece) => void pieces.push(piece));
    clearImmediate(immediate);
    assert.equal(pieces.length, 21);
    assert.ok(turns >= pieces.length - 1, `${turns} turns for ${pieces.length} pieces`);
    for (const piece of pieces) {
      assert.ok(piece.endsWith('\n'));
      assert.ok(piece.length < FLUSH_AT + 4096);
    }
  });
});

describe('zero first', () => {
  const value = async (registry: Registry): Promise<Record<string, number>> =>
    seriesOf(parsePromText(await written(registry)));
  const questions = 'intelia_questions_total{language="fr",source="web"}';

  it('a new counter is 0 until a scraper has it', async () => {
    const { registry } = testContext();
    registry.emit('intelia_questions_total', 5, { source: 'web', language: 'fr' });
    assert.deepEqual(await value(registry), { [questions]: 0 });
    assert.deepEqual(await value(registry), { [questions]: 0 }, 'nobody has had it yet');
    announce(await writeCells(registry, 'text', () => {}));
    registry.emit('intelia_questions_total', 1, { source: 'web', language: 'fr' });
    assert.deepEqual(await value(registry), { [questions]: 6 });
    assert.deepEqual(await writeCells(registry, 'text', () => {}), []);
  });

  it('a new histogram is 0 in every bucket', async () => {
    const { registry } = testContext();
    registry.emit('intelia_gc_duration_seconds', 0.002, { kind: 'minor' });
    const zeros = Object.values(await value(registry));
    assert.deepEqual(zeros, new Array(11).fill(0));
    announce(await writeCells(registry, 'text', () => {}));
    assert.equal(Object.values(await value(registry)).filter((n) => n === 1).length, 8);
  });

  it('is not for gauges, and pull does not take the zero of push', async () => {
    const { registry } = testContext();
    registry.emit('intelia_active_users', 4, {});
    registry.emit('intelia_questions_total', 5, { source: 'web', language: 'fr' });
    assert.equal((await value(registry))['intelia_active_users{}'], 4);
    announce(await writeCells(registry, 'text', () => {}));
    assert.equal(registry.families.intelia_questions_total.cells[0]?.announced, PULL);
  });
});
