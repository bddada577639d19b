/** Reads /metrics: a parser for the Prometheus text format, and the few questions that the demo asks of it. */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g;
const ESCAPES = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** @returns {Map<string, { labels: Record<string, string>, value: number }[]>} samples by name */
export function parse(text) {
  const samples = new Map();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, inner = '', number] = LINE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a line of the text format: ${line}`);
    const labels = {};
    for (const [, key, value] of inner.matchAll(LABEL))
      labels[key] = value.replace(/\\[n"\\]/g, (e) => ESCAPES[e]);
    if (!samples.has(name)) samples.set(name, []);
    samples.get(name).push({ labels, value: number === '+Inf' ? Infinity : Number(number) });
  }
  return samples;
}

export async function scrape(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return parse(await answer.text());
}

/** Adds up the samples of `name` by the given labels. Keys are the labels' values, with ` · ` between them. */
export function sumBy(samples, name, labelNames, where = {}) {
  const sums = new Map();
  for (const { labels, value } of samples.get(name) ?? []) {
    if (Object.entries(where).some(([key, wanted]) => labels[key] !== wanted)) continue;
    const key = labelNames.map((label) => labels[label]).join(' · ');
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums;
}

export const total = (sums) => [...sums.values()].reduce((sum, value) => sum + value, 0);

/** As `histogram_quantile()`: the bucket that holds the quantile, and a straight line within it. */
export function quantile(samples, name, q, where = {}) {
  const buckets = [...sumBy(samples, `${name}_bucket`, ['le'], where)]
    .map(([le, count]) => ({ le: le === '+Inf' ? Infinity : Number(le), count }))
    .sort((a, b) => a.le - b.le);
  const rank = q * (buckets.at(-1)?.count ?? 0);
  const at = buckets.findIndex(({ count }) => count >= rank);
  if (rank === 0 || at < 0) return undefined;
  const below = buckets[at - 1] ?? { le: 0, count: 0 };
  if (buckets[at].le === Infinity) return below.le;
  return below.le + ((buckets[at].le - below.le) * (rank - below.count)) / (buckets[at].count - below.count);
}
