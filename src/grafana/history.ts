/** A short history of scrapes in memory, kept as Prometheus keeps them: what `evaluate` answers from. */
import { parseSamples, type Labels } from './samples.js';

export interface Point {
  readonly atMs: number;
  /** Undefined marks the end of the series: the target was scraped, and had it no longer. */
  readonly value: number | undefined;
}

export interface StoredSeries {
  readonly name: string;
  readonly labels: Labels;
  /** Oldest first. */
  readonly points: readonly Point[];
}

export interface Scrape {
  readonly atMs: number;
  /** Which replica answered: the labels that a scraper adds. */
  readonly target: { readonly job: string; readonly instance: string };
  /** What `/metrics` answered; undefined when it did not, which ends all series of the target. */
  readonly text: string | undefined;
}

export interface History {
  add(scrape: Scrape): void;
  /** All series of a name. */
  named(name: string): readonly StoredSeries[];
}

interface Growing {
  readonly name: string;
  readonly labels: Labels;
  points: Point[];
}

/** Keeps at least the last `keepMs`; older scrapes go, and series with them. */
export function createHistory({ keepMs }: { readonly keepMs: number }): History {
  const byName = new Map<string, Map<string, Growing>>();
  const lastOf = new Map<string, ReadonlyMap<string, Growing>>();

  function growing(name: string, labels: Labels): [key: string, series: Growing] {
    const all = byName.get(name) ?? new Map<string, Growing>();
    byName.set(name, all);
    const key = keyOf(labels);
    const series = all.get(key) ?? { name, labels, points: [] };
    all.set(key, series);
    return [`${name}${key}`, series];
  }

  function forget(beforeMs: number): void {
    for (const [name, all] of byName) {
      for (const [key, series] of all) {
        const first = series.points.findIndex(({ atMs }) => atMs >= beforeMs);
        if (first > 0) series.points = series.points.slice(first);
        if (first < 0) all.delete(key);
      }
      if (all.size === 0) byName.delete(name);
    }
  }

  return {
    add({ atMs, target, text }) {
      const seen = new Map<string, Growing>();
      for (const { name, labels, value } of text === undefined ? [] : parseSamples(text)) {
        const [key, series] = growing(name, { ...labels, ...target });
        series.points.push({ atMs, value });
        seen.set(key, series);
      }
      const who = keyOf(target);
      for (const [key, series] of lastOf.get(who) ?? []) {
        if (!seen.has(key)) series.points.push({ atMs, value: undefined });
      }
      lastOf.set(who, seen);
      forget(atMs - keepMs);
    },
    named: (name) => [...(byName.get(name)?.values() ?? [])],
  };
}

/** The same for the same labels, in whatever order they come. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
