/** Prices as they are in a provider's public list, typed by hand, against what a call costs here. */
import assert from 'node:assert/strict';
import { createPricer, type Pricer, type Quote } from '../../src/llm/prices/price.js';
import type { PriceRow } from '../../src/llm/prices/row.js';
import { SUPPLEMENT } from '../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../src/llm/prices/table.js';
import type { LlmEvent } from '../../src/llm/types.js';
import { testContext } from './context.js';
import { llmEvent } from './llm-event.js';

/** The day of these tests: prices change with the clock. A Sunday. */
export const NOW = Date.UTC(2026, 10, 22, 12);

export function listPricer(nowMs = () => NOW, overrides: ReadonlyMap<string, PriceRow> = new Map()): Pricer {
  const { guard } = testContext().context;
  const sources = { loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides, guard };
  return createPricer(sources, nowMs);
}

const shared = listPricer();

export const quote = (given: Partial<LlmEvent>, by = shared): Quote => by.quote(llmEvent(given));

/** Equal to nine digits after the point of a dollar. */
export function assertCost(actual: Quote, expected: number, what = ''): void {
  assert.ok('costUsd' in actual, `${what}: ${JSON.stringify(actual)}`);
  assert.equal(actual.costUsd.toFixed(9), expected.toFixed(9), what);
}

/** US dollars per million tokens. */
export interface ListPrice {
  readonly input: number;
  /** The same as input where the list has none. */
  readonly cached?: number;
  readonly output?: number;
}

/** One test a model: plain, with cached tokens, and in each tier at its multiple. */
export function testList(
  provider: string,
  list: Readonly<Record<string, ListPrice>>,
  tiers: Readonly<Record<string, number>> = {},
): void {
  for (const [model, { input, cached = input, output = 0 }] of Object.entries(list)) {
    it(`${provider} ${model}`, () => {
      const usage = { promptTokens: 1219, completionTokens: 410 };
      const plain = (1219 * input + 410 * output) / 1e6;
      assertCost(quote({ provider, model, usage }), plain);
      const withCache = { ...usage, cachedTokens: 1024, reasoningTokens: 64 };
      assertCost(
        quote({ provider, model, usage: withCache }),
        (195 * input + 1024 * cached + 410 * output) / 1e6,
        'cached',
      );
      for (const [serviceTier, times] of Object.entries(tiers))
        assertCost(quote({ provider, model, usage, serviceTier }), plain * times, serviceTier);
    });
  }
}
