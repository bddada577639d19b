/**
 * A strict reader of Prometheus text 0.0.4 and OpenMetrics 1.0, written from the formats' descriptions: what it
 * refuses, some real parser refuses.
 */
import assert from 'node:assert/strict';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  /** As in the TYPE line. */
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

export type TextFormat = 'text' | 'openmetrics';

const SUFFIXES: Record<TextFormat, Record<string, readonly string[]>> = {
  text: { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] },
  openmetrics: {
    counter: ['_total'],
    gauge: [''],
    histogram: ['_bucket', '_sum', '_count'],
    info: ['_info'],
  },
};

/** Throws an AssertionError at the first thing that is wrong. Families by their name. */
export function parsePromText(text: string, format: TextFormat = 'text'): Map<string, ParsedFamily> {
  assert.ok(text.endsWith('\n'), 'the last line must end');
  const lines = text.slice(0, -1).split('\n');
  if (format === 'openmetrics') assert.equal(lines.pop(), '# EOF');
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let current: ParsedFamily | undefined;
  let help: { name: string; text: string } | undefined;
  for (const line of lines) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line);
    if (comment === null) {
      assert.ok(current, `a sample before any TYPE: ${line}`);
      const sample = parseSample(line);
      const allowed = SUFFIXES[format][current.type]?.map((suffix) => current!.name + suffix);
      assert.ok(
        allowed?.includes(sample.name),
        `${sample.name} is no sample of ${current.type} ${current.name}`,
      );
      const key = seriesKey(sample);
      assert.ok(!seen.has(key), `series twice: ${key}`);
      seen.add(key);
      current.samples.push(sample);
      continue;
    }
    const [, keyword, name = '', rest = ''] = comment;
    if (keyword === 'HELP') {
      help = { name, text: unescape(rest, format === 'openmetrics') };
      continue;
    }
    assert.ok(!families.has(name), `TYPE of ${name} twice`);
    assert.equal(help?.name, name, 'HELP of the same name comes right before TYPE');
    assert.ok(rest in SUFFIXES[format], `type ${rest}`);
    families.set(name, (current = { name, type: rest, help: help?.text ?? '', samples: [] }));
  }
  for (const family of families.values()) checkFamily(family);
  return families;
}

/** All samples of a text as `{ 'name{a="1"}': value }`, labels by name. */
export function seriesOf(families: Map<string, ParsedFamily>): Record<string, number> {
  const samples = [...families.values()].flatMap((family) => family.samples);
  return Object.fromEntries(samples.map((sample) => [seriesKey(sample), sample.value]));
}

export function seriesKey({ name, labels }: Pick<Sample, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
}

function parseSample(line: string): Sample {
  const head = /^([a-zA-Z_:][a-zA-Z0-9_:]*)/.exec(line);
  assert.ok(head, `no sample: ${JSON.stringify(line)}`);
  const name = head[0];
  let at = name.length;
  const labels: Record<string, string> = {};
  if (line[at] === '{') {
    at++;
    while (line[at] !== '}') {
      const pair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"/s.exec(line.slice(at));
      assert.ok(pair, `no label at ${at} of ${JSON.stringify(line)}`);
      const [whole, label = '', value = ''] = pair;
      assert.ok(!Object.hasOwn(labels, label), `label ${label} twice in ${line}`);
      Object.defineProperty(labels, label, { value: unescape(value, true), enumerable: true });
      at += whole.length;
      if (line[at] === ',') at++;
      else assert.equal(line[at], '}', line);
    }
    at++;
  }
  assert.equal(line[at], ' ', line);
  return { name, labels, value: parseNumber(line.slice(at + 1)) };
}

function parseNumber(text: string): number {
  const known: Record<string, number> = { '+Inf': Infinity, '-Inf': -Infinity, NaN: NaN };
  if (text in known) return known[text] as number;
  assert.match(text, /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/, 'not a number');
  return Number(text);
}

function unescape(text: string, quotes: boolean): string {
  return text.replace(/\\(.)/g, (whole, char: string) => {
    if (char === 'n') return '\n';
    assert.ok(char === '\\' || (quotes && char === '"'), `escape ${whole}`);
    return char;
  });
}

function checkFamily({ name, type, samples }: ParsedFamily): void {
  assert.ok(samples.length > 0, `${name} has no samples`);
  if (type === 'counter') for (const { value } of samples) assert.ok(value >= 0, `${name} below 0`);
  if (type !== 'histogram') return;
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels;
    const key = seriesKey({ name, labels });
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) checkHistogram(key, name, group);
}

function checkHistogram(key: string, name: string, group: readonly Sample[]): void {
  const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => parseNumber(labels['le'] ?? ''));
  assert.deepEqual(
    bounds,
    [...bounds].sort((a, b) => a - b),
    `${key}: buckets in order`,
  );
  const counts = buckets.map(({ value }) => value);
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
    `${key}: buckets grow`,
  );
  assert.equal(bounds.at(-1), Infinity, `${key}: +Inf`);
  assert.deepEqual(
    group.filter((sample) => sample.name === `${name}_count`).map(({ value }) => value),
    [counts.at(-1)],
    `${key}: count is the last bucket`,
  );
  assert.equal(group.filter((sample) => sample.name === `${name}_sum`).length, 1, `${key}: one sum`);
}
