/** Each collector by itself, with the clock in the test's hand. */
import assert from 'node:assert/strict';
import { hookCpu } from '../../src/system/cpu.js';
import { observeDelay, RESOLUTION, type DelayHistogram } from '../../src/system/event-loop.js';
import { recordGc } from '../../src/system/gc.js';
import { hookMemory } from '../../src/system/memory.js';
import { hookSystemInfo, hookUptime } from '../../src/system/process.js';
import { testContext } from '../support/context.js';

describe('uptime and info', () => {
  it('shows how long the process runs, anew at each collection', () => {
    const t = testContext();
    hookUptime(t.context);
    t.collect();
    const first = t.value('intelia_uptime_seconds') ?? NaN;
    assert.ok(Math.abs(first - process.uptime()) < 1);
    t.collect();
    assert.ok((t.value('intelia_uptime_seconds') ?? NaN) > first);
  });

  it('tells what runs', () => {
    const t = testContext({ resource: { 'service.version': '1.4.2' } });
    hookSystemInfo(t.context);
    t.collect();
    const { node } = process.versions;
    const labels = `version=1.4.2,node_version=${node},os=${process.platform},arch=${process.arch}`;
    assert.deepEqual(t.series('intelia_system_info'), { [labels]: 1 });
  });

  it('says unknown for a version that nobody gave', () => {
    const t = testContext();
    hookSystemInfo(t.context);
    t.collect();
    assert.equal(t.value('intelia_system_info', { version: 'unknown' }), 1);
  });
});

describe('cpu', () => {
  function cpu() {
    const t = testContext();
    let busy = 0;
    hookCpu(t.context, { usage: () => ({ user: busy * 0.75e6, system: busy * 0.25e6 }), cores: 4 });
    return {
      /** Seconds pass, with that much CPU time used in them. */
      spend: (elapsed: number, used: number) => {
        t.advance(elapsed);
        busy += used;
      },
      read: () => {
        t.collect();
        return t.value('intelia_cpu_utilization_ratio');
      },
    };
  }

  it('is the share of all cores since the last collection', () => {
    const { spend, read } = cpu();
    spend(60, 60);
    assert.equal(read(), 0.25);
    spend(60, 240);
    assert.equal(read(), 1);
    spend(60, 0);
    assert.equal(read(), 0);
  });

  it('gives a second reader the same window instead of the moment since the first', () => {
    const { spend, read } = cpu();
    spend(60, 120);
    assert.equal(read(), 0.5);
    spend(1, 4);
    assert.equal(read(), 0.5);
    spend(59, 56);
    assert.equal(read(), 0.25, 'nothing between the two is lost');
  });

  it('shows a short-lived process what there is, and nothing for no time at all', () => {
    const { spend, read } = cpu();
    assert.equal(read(), undefined);
    spend(2, 2);
    assert.equal(read(), 0.25);
    spend(2, 6);
    assert.equal(read(), 0.5, 'still the first window');
  });

  it('reads real time', () => {
    const t = testContext({ now: () => performance.now() / 1000 });
    hookCpu(t.context);
    const end = performance.now() + 50;
    while (performance.now() < end);
    t.collect();
    const value = t.value('intelia_cpu_utilization_ratio') ?? NaN;
    assert.ok(value > 0 && value < 1.5, String(value));
  });
});

describe('memory', () => {
  it('shows all six types, in bytes', () => {
    const t = testContext();
    hookMemory(t.context);
    t.collect();
    const bytes = t.series('intelia_memory_bytes');
    const types = ['rss', 'heap_used', 'heap_total', 'heap_limit', 'external', 'array_buffers'];
    assert.deepEqual(Object.keys(bytes), types.map((type) => `type=${type}`)); // prettier-ignore
    const of = (type: string) => bytes[`type=${type}`] ?? NaN;
    assert.ok(of('rss') > 20e6 && of('heap_used') <= of('heap_total') && of('heap_total') < of('heap_limit'));
    assert.ok(of('array_buffers') <= of('external'));
  });
});

describe('event loop delay', () => {
  const late = (seconds: number) => (RESOLUTION / 1e3 + seconds) * 1e9;

  function delays() {
    const t = testContext();
    const histogram = { count: 0, max: 0, resets: 0, values: new Map<number, number>() };
    const source: DelayHistogram = {
      get count() {
        return histogram.count;
      },
      get max() {
        return histogram.max;
      },
      percentile: (p) => histogram.values.get(p) ?? 511,
      reset: () => {
        histogram.count = 0;
        histogram.resets++;
      },
    };
    observeDelay(t.context, source);
    const read = () => {
      t.collect();
      return t.series('intelia_event_loop_delay_seconds');
    };
    return { t, histogram, read };
  }

  it('shows nothing while nothing was sampled', () => {
    const { read, t } = delays();
    assert.deepEqual(read(), {});
    t.advance(60);
    assert.deepEqual(read(), {});
  });

  it('is in seconds, without the resolution, never negative, and begins anew', () => {
    const { read, t, histogram } = delays();
    histogram.count = 5;
    histogram.max = late(2);
    histogram.values = new Map([
      [50, RESOLUTION * 1e6 - 5000],
      [90, late(0.25)],
      [99, late(1)],
    ]);
    t.advance(60);
    const rounded = Object.fromEntries(
      Object.entries(read()).map(([k, v]) => [k, Math.round(v * 1e6) / 1e6]),
    );
    const expected = { 'quantile=0.5': 0, 'quantile=0.9': 0.25, 'quantile=0.99': 1, 'quantile=1': 2 };
    assert.deepEqual(rounded, expected);
    assert.equal(histogram.resets, 1);
    t.advance(1);
    assert.equal(Object.keys(read()).length, 4, 'a second reader sees the window just closed');
    assert.equal(histogram.resets, 1);
    t.advance(59);
    assert.deepEqual(read(), {}, 'a loop that took no sample since has no delay to show');
  });
});

describe('garbage collection', () => {
  it('reads every entry of a batch, by kind, in seconds', () => {
    const t = testContext();
    const entry = (kind: number, duration: number) => ({ duration, detail: { kind, flags: 0 } });
    recordGc(t.context.emit, [
      entry(1, 2),
      entry(1, 3),
      entry(2, 1),
      entry(4, 50),
      entry(8, 0.5),
      entry(16, 0),
    ]);
    const counts = { 'kind=minor': 3, 'kind=major': 1, 'kind=incremental': 1, 'kind=weakcb': 1 };
    assert.deepEqual(t.series('intelia_gc_duration_seconds'), counts);
    assert.equal(t.sum('intelia_gc_duration_seconds', { kind: 'minor' }), 0.006);
  });
});
