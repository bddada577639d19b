import assert from 'node:assert/strict';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { parseNewer, withNewer } from '../../../src/llm/prices/newer.js';
import { loadPriceTable } from '../../../src/llm/prices/table.js';

const model = (id: string, prices: unknown) => ({ id, match: { equals: id }, prices });
const list = (...providers: unknown[]) => ({ date: '2027-01-01', providers });

describe('parseNewer', () => {
  it('takes what has the shape of a list, and nothing else', () => {
    const good = list({ id: 'openai', models: [model('a', { input_mtok: 1 })] });
    assert.equal(parseNewer(good)?.date, '2027-01-01');
    assert.deepEqual([...(parseNewer(good)?.providers.keys() ?? [])], ['openai']);
    for (const bad of [
      undefined,
      null,
      7,
      [],
      {},
      { date: '2027-01-01' },
      { providers: [] },
      { date: 'today', providers: [] },
      list(null),
      list({ id: 'openai' }),
      list({ id: 'openai', models: [{}] }),
      list({ id: 'openai', models: [{ id: 'a', match: 'a', prices: {} }] }),
    ])
      assert.equal(parseNewer(bad), undefined, JSON.stringify(bad));
  });
});

describe('withNewer', () => {
  const newer = parseNewer(
    list(
      {
        id: 'openai',
        model_match: { starts_with: 'gpt-' },
        models: [model('gpt-4o', { input_mtok: 1 }), model('gpt-9', { input_mtok: 9 })],
      },
      { id: 'azure', fallback_model_providers: ['openai'], models: [model('phi-9', { input_mtok: 2 })] },
      {
        id: 'deepseek',
        models: [
          model('deepseek-x', [
            { prices: { input_mtok: 1 } },
            {
              constraint: { start_time: '01:00:00Z', end_time: '04:00:00Z' },
              prices: { input_mtok: 2 },
            },
          ]),
        ],
      },
    ),
  );
  assert.ok(newer);
  const table = withNewer(loadPriceTable(), newer);
  const input = (id: string, providerId?: string, timestamp = new Date()) =>
    table.calcPrice({}, id, { ...(providerId && { providerId }), timestamp })?.model_price['input_mtok'];

  it('has the newer price where there is one, else the installed one', () => {
    assert.equal(input('gpt-4o', 'openai'), 1);
    assert.equal(input('gpt-9', 'openai'), 9);
    assert.equal(input('o3', 'openai'), 2);
    assert.equal(input('claude-sonnet-4-20250514', 'anthropic'), 3);
    assert.equal(input('nobody', 'openai'), undefined);
    assert.equal(input('gpt-4o', 'nobody'), undefined);
  });

  it("falls back to the newer list's other provider before the installed one", () => {
    assert.equal(input('phi-9', 'azure'), 2);
    assert.equal(input('gpt-4o', 'azure'), 1);
    assert.equal(input('gpt-4.1', 'azure'), 2);
  });

  it('tells the provider by the name of the model', () => {
    assert.equal(input('gpt-9'), 9);
    assert.equal(input('o3'), 2);
  });

  it('knows prices by the time of day as the published list writes them', () => {
    assert.equal(input('deepseek-x', 'deepseek', new Date('2027-01-01T00:59:59Z')), 1);
    assert.equal(input('deepseek-x', 'deepseek', new Date('2027-01-01T01:00:00Z')), 2);
  });

  it("leaves the library's own list as it was", () => {
    assert.equal(calcPrice({}, 'gpt-9', { providerId: 'openai' }), null);
    assert.equal(
      calcPrice({}, 'gpt-4o', { providerId: 'openai' })?.model_price['input_mtok'],
      findProvider({ providerId: 'openai' }) && 2.5,
    );
  });
});
