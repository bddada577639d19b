/** Which price a call gets, and why it may get none. What models cost is in the files by provider. */
import assert from 'node:assert/strict';
import { createPricer, type Pricer, type Quote } from '../../../src/llm/prices/price.js';
import { parsePrices } from '../../../src/llm/prices/overrides.js';
import { SUPPLEMENT } from '../../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../../src/llm/prices/table.js';
import type { LlmEvent } from '../../../src/llm/types.js';
import { llmEvent } from '../../support/llm-event.js';
import { testContext } from '../../support/context.js';

const NOW = Date.UTC(2026, 10, 22);

function pricer(own = '{}', nowMs = NOW): Pricer {
  const { guard } = testContext().context;
  const overrides = parsePrices(own).rows;
  return createPricer({ loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides, guard }, () => nowMs);
}

const shared = pricer();
const quote = (given: Partial<LlmEvent>, by = shared): Quote => by.quote(llmEvent(given));

/** Equal to nine digits after the point of a dollar. */
function assertCost(actual: Quote, expected: number, what = ''): void {
  assert.ok('costUsd' in actual, `${what}: ${JSON.stringify(actual)}`);
  assert.equal(actual.costUsd.toFixed(9), expected.toFixed(9), what);
}

describe('createPricer', () => {
  const usage = { promptTokens: 1e6, completionTokens: 1e6 };

  it('changes with the day a price changes', () => {
    const usage = { promptTokens: 1e6, completionTokens: 1e6 };
    assertCost(quote({ model: 'gpt-5.6-sol', usage }, pricer('{}', Date.UTC(2026, 7, 20))), 55);
    assertCost(quote({ model: 'gpt-5.6-sol', usage }, pricer('{}', Date.UTC(2026, 7, 21))), 38);
    let now = Date.UTC(2026, 7, 20, 23, 59, 59);
    const { guard } = testContext().context;
    const living = createPricer(
      { loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: new Map(), guard },
      () => now,
    );
    const short = { promptTokens: 1000, completionTokens: 1000 };
    assertCost(quote({ model: 'gpt-5.6-sol', usage: short }, living), 0.035);
    now += 1000;
    assertCost(quote({ model: 'gpt-5.6-sol', usage: short }, living), 0.024);
  });

  it('takes the cost that the answer states before any price', () => {
    const own = pricer('{"gpt-4o": {"input_mtok": 1}}');
    assertCost(quote({ costUsd: 0.00095, usage }, own), 0.00095);
    assertCost(quote({ costUsd: 0, usage }, own), 0);
    for (const costUsd of [NaN, -1, Infinity]) assertCost(quote({ costUsd, usage }, own), 1);
  });

  it('says why it knows no cost', () => {
    const unknown = { reason: 'unknown_model' };
    const noUsage = { reason: 'no_usage' };
    assert.deepEqual(quote({ model: 'my-own-model', usage }), unknown);
    assert.deepEqual(quote({ model: undefined, usage }), unknown);
    assert.deepEqual(quote({ model: 'x'.repeat(500), usage }), unknown);
    assert.deepEqual(quote({ model: '__proto__', usage }), unknown);
    assert.deepEqual(quote({}), noUsage);
    assert.deepEqual(quote({ usage: { cachedTokens: 5 } }), noUsage);
    assert.deepEqual(quote({ model: 'tts-1', usage }), noUsage);
    assert.deepEqual(quote({ model: 'whisper-1', usage: { characters: 5 } }), noUsage);
    // A base's price would be wrong for what was trained on it, and the standard price for a tier that has another.
    assert.deepEqual(quote({ model: 'ft:gpt-9:acme::id', usage }), unknown);
    assert.deepEqual(quote({ model: 'gpt-5.6-sol', usage, serviceTier: 'ultrafast' }), unknown);
    assert.deepEqual(quote({ model: 'gpt-5-nano', usage, serviceTier: 'priority' }), unknown);
    assert.deepEqual(quote({ serviceTier: '__proto__', usage }), unknown);
  });

  it("prices what a proxy passes on, but nobody's open weights", () => {
    const proxy = 'openai_compatible';
    assertCost(quote({ provider: proxy, usage }), 12.5);
    assertCost(quote({ provider: proxy, model: 'openai/gpt-4o', usage }), 12.5);
    assertCost(
      quote({ provider: proxy, model: 'text-embedding-3-small', usage: { promptTokens: 1e6 } }),
      0.02,
    );
    assertCost(quote({ provider: proxy, model: 'tts-1', usage: { characters: 1e6 } }), 15);
    assertCost(quote({ provider: proxy, model: 'claude-sonnet-4-20250514', usage }), 18);
    for (const model of ['openai/gpt-oss-120b', 'gemma-3-27b-it', 'mistral', 'deepseek-r1:8b', 'llama3.3']) {
      assert.deepEqual(quote({ provider: proxy, model, usage }), { reason: 'unknown_model' }, model);
    }
  });

  it('knows Azure by the model that answered, and by the name of a deployment', () => {
    assertCost(quote({ provider: 'azure', requestModel: 'my-gpt', usage }), 12.5);
    assertCost(quote({ provider: 'azure', model: 'gpt-35-turbo', usage }), 2);
    const own = pricer('{"my-gpt": {"input_mtok": 2, "output_mtok": 8}}');
    assertCost(quote({ provider: 'azure', requestModel: 'My-GPT', usage }, own), 10);
    assertCost(quote({ provider: 'azure', model: 'my-gpt', usage }, own), 10);
    assertCost(quote({ model: 'router-7', requestModel: 'gpt-4o', usage }), 12.5);
  });

  it('prices a hand-tracked call by the model alone', () => {
    assertCost(quote({ provider: 'manual', usage }), 12.5);
    assertCost(quote({ provider: 'manual', model: 'mistral-large-2411', usage }), 8);
  });

  it('takes own prices alone where there are some, for every tier', () => {
    const own = pricer('{"GPT-4o": {"input_mtok": 1, "output_mtok": 2}, "tts-1": {"characters_mchar": 10}}');
    assertCost(
      quote({ usage: { ...usage, cachedTokens: 5e5, audioInputTokens: 5 }, serviceTier: 'flex' }, own),
      3,
    );
    assertCost(quote({ model: 'tts-1', usage: { characters: 1e6 } }, own), 10);
    assertCost(quote({ model: 'gpt-4o-mini', usage }, own), 0.75);
    assertCost(quote({ model: 'ft:gpt-4o-2024-08-06:acme::id', usage }, own), 18.75);
    const all =
      pricer(`{"all": {"input_mtok": 1, "output_mtok": 2, "cache_read_mtok": 3, "cache_write_mtok": 4,
      "input_audio_mtok": 5, "output_audio_mtok": 6, "minute": 7, "image": 8}}`);
    const parts = { promptTokens: 4e6, cachedTokens: 1e6, cacheWriteTokens: 1e6, audioInputTokens: 1e6 };
    const spoken = { ...parts, completionTokens: 2e6, audioOutputTokens: 1e6 };
    assertCost(quote({ model: 'all', usage: spoken }, all), 1 + 3 + 4 + 5 + 2 + 6);
    assertCost(quote({ model: 'all', usage: { seconds: 30 } }, all), 3.5);
    assertCost(quote({ model: 'all', usage: { images: 2, imageVariant: 'hd 1x1' } }, all), 16);
  });

  it('lives without the table, and tells it once', () => {
    const { context, errors, warnings } = testContext();
    const broken = createPricer({
      loadTable: () => {
        throw new Error('no such module');
      },
      supplement: SUPPLEMENT,
      overrides: parsePrices('{"mine": {"input_mtok": 1}}').rows,
      guard: context.guard,
    });
    assert.deepEqual(quote({ usage }, broken), { reason: 'unknown_model' });
    assert.deepEqual(quote({ model: 'o3', usage }, broken), { reason: 'unknown_model' });
    assertCost(quote({ model: 'mine', usage }, broken), 1);
    assertCost(quote({ model: 'tts-1', usage: { characters: 1e6 } }, broken), 15);
    assert.deepEqual(errors, ['llm price table']);
    assert.equal(warnings.length, 1);
  });

  it('keeps what the table throws, and never gives a cost that is no number', () => {
    const { context, errors } = testContext();
    const odd = createPricer({
      loadTable: () => ({
        calcPrice: () => {
          throw new RangeError('odd');
        },
      }),
      supplement: {},
      overrides: new Map(),
      guard: context.guard,
    });
    assert.deepEqual(quote({ usage }, odd), { reason: 'unknown_model' });
    assert.ok(errors.length > 0);
    const absurd = {
      promptTokens: NaN,
      completionTokens: -1,
      cachedTokens: 1e308,
      audioInputTokens: Infinity,
    };
    assertCost(quote({ usage: absurd }), 0);
  });

  it('loads the table when warmed, in a turn of its own and only once', async () => {
    let loads = 0;
    const { guard } = testContext().context;
    const loadTable = () => (loads++, loadPriceTable());
    const lazy = createPricer({ loadTable, supplement: SUPPLEMENT, overrides: new Map(), guard });
    lazy.warm();
    assert.equal(loads, 0);
    await new Promise((done) => setImmediate(done));
    assert.equal(loads, 1);
    lazy.warm();
    assertCost(quote({ usage }, lazy), 12.5);
    await new Promise((done) => setImmediate(done));
    assert.equal(loads, 1);
  });

  it('survives any number of junk models', () => {
    const { guard } = testContext().context;
    let asked = 0;
    const table = loadPriceTable();
    const counting = createPricer({
      loadTable: () => ({ calcPrice: (...args) => (asked++, table.calcPrice(...args)) }),
      supplement: SUPPLEMENT,
      overrides: new Map(),
      guard,
    });
    for (let i = 0; i < 3_000; i++) quote({ model: `junk-${i}`, usage }, counting);
    assertCost(quote({ usage }, counting), 12.5);
    const before = asked;
    for (let i = 0; i < 100; i++) assertCost(quote({ usage }, counting), 12.5);
    assert.equal(asked, before);
  });
});

describe('supplement', () => {
  it('names source and date of every row', () => {
    for (const [model, row] of Object.entries(SUPPLEMENT).flatMap(([, { models }]) =>
      Object.entries(models),
    )) {
      assert.match(row.source, /^https:\/\//, model);
      assert.match(row.date, /^20\d\d-\d\d(-\d\d)?$/, model);
      assert.ok(row.row !== undefined || row.tiers !== undefined, model);
      if (row.later) assert.ok(Date.parse(row.later.from) > Date.parse(row.date), model);
      assert.equal(model, model.toLowerCase());
    }
  });
});
