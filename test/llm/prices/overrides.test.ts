import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePrices } from '../../../src/llm/prices/overrides.js';

const parse = (text: string) => {
  const { rows, complaints } = parsePrices(text);
  return { rows: Object.fromEntries(rows), complaints };
};

describe('parsePrices', () => {
  it('reads rows by model id in small letters', () => {
    const text =
      '\uFEFF{"My-GPT": {"input_mtok": 2, "output_mtok": 8.5, "cache_read_mtok": 0}, "voice": {"minute": 0.01}}';
    assert.deepEqual(parse(text), {
      rows: { 'my-gpt': { input_mtok: 2, output_mtok: 8.5, cache_read_mtok: 0 }, voice: { minute: 0.01 } },
      complaints: [],
    });
  });

  it('leaves out a row with a fault, and says which', () => {
    const { rows, complaints } = parse(`{
      "good": {"image": 0.04},
      "typo": {"input_mtok": 1, "output_mtokk": 2},
      "text": {"input_mtok": "2"},
      "minus": {"input_mtok": -2},
      "units": {"input_mtok": 2500000},
      "empty": {}, "number": 3, "list": [], "null": null, "": {"image": 1}
    }`);
    assert.deepEqual(Object.keys(rows), ['good']);
    assert.match(complaints[0] as string, /^"typo": "output_mtokk" is not a price field \(input_mtok, /);
    assert.equal(complaints[1], '"text": input_mtok is not a number of US dollars');
    assert.equal(complaints[2], '"minus": input_mtok is not a number of US dollars');
    assert.equal(complaints[3], '"units": input_mtok is not a number of US dollars');
    assert.equal(complaints[4], '"empty": its prices are an object such as {"input_mtok": 2}');
    assert.equal(complaints.length, 9);
  });

  it('says when it is no object of models', () => {
    for (const text of ['', '[]', 'null', '7', '{', '{"a": }']) {
      assert.deepEqual(parse(text), { rows: {}, complaints: ['it is not a JSON object of model ids'] }, text);
    }
  });

  it('gives only finite prices, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const row of parsePrices(text).rows.values()) {
          for (const price of Object.values(row)) assert.ok(Number.isFinite(price));
        }
      }),
    );
  });
});
