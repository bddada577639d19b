import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPriceFile } from '../../src/llm/price-file.js';
import { testContext } from '../support/context.js';

describe('readPriceFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'intelia-prices-'));
  after(() => rmSync(folder, { recursive: true }));

  const read = (content: string) => {
    const { context, warnings } = testContext();
    const path = join(folder, 'prices.json');
    writeFileSync(path, content);
    return { rows: Object.fromEntries(readPriceFile(path, context.log)), warnings };
  };

  it('gives the rows, without a word when all are good', () => {
    assert.deepEqual(read('{"mine": {"input_mtok": 1}}'), {
      rows: { mine: { input_mtok: 1 } },
      warnings: [],
    });
  });

  it('gives nothing and says nothing without a file', () => {
    const { context, warnings } = testContext();
    assert.equal(readPriceFile(undefined, context.log).size, 0);
    assert.deepEqual(warnings, []);
  });

  it('says all that is wrong in one line', () => {
    const { rows, warnings } = read(
      '{"a": {"image": -1}, "b": 1, "c": 2, "d": 3, "e": 4, "good": {"image": 1}}',
    );
    assert.deepEqual(rows, { good: { image: 1 } });
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] as string,
      /^\[intelia-otel\] INTELIA_LLM_PRICES: .*prices\.json: "a": image is not .*; "b": .*; "c": .*; and 2 more; list prices are used for these$/,
    );
  });

  it('says when there is no such file, and that list prices are used', () => {
    const { context, warnings } = testContext();
    assert.equal(readPriceFile(join(folder, 'none.json'), context.log).size, 0);
    assert.match(warnings[0] as string, /none\.json: it cannot be read \(ENOENT\); list prices are used$/);
    assert.equal(readPriceFile(folder, context.log).size, 0);
  });
});
