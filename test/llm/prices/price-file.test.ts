import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPriceFile, LOOK_EVERY, type PriceFile } from '../../../src/llm/prices/price-file.js';
import { createPricer } from '../../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../../src/llm/prices/supplement.js';
import { loadPriceTable } from '../../../src/llm/prices/table.js';
import { llmEvent } from '../../support/llm-event.js';
import { testContext } from '../../support/context.js';

interface Opened {
  readonly file: PriceFile;
  readonly warnings: string[];
  readonly rows: () => Record<string, unknown>;
  /** Moves the clock past the next look and waits for it. */
  look(): Promise<void>;
  advance(ms: number): void;
  readonly changes: () => number;
}

describe('createPriceFile', () => {
  let folder: string;
  let path: string;
  let version = 0;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'intelia-prices-'));
    path = join(folder, 'prices.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** As `mv` does it, with a time of its own: a file system may count in whole seconds. */
  function put(content: string): void {
    const next = join(folder, 'next.json');
    writeFileSync(next, content);
    utimesSync(next, 1_000 + version, 1_000 + ++version);
    renameSync(next, path);
  }

  function open(at: string | undefined = path): Opened {
    const { context, warnings } = testContext();
    let now = 1e12;
    let changes = 0;
    const file = createPriceFile({
      path: at,
      log: context.log,
      nowMs: () => now,
      onChange: () => changes++,
    });
    return {
      file,
      warnings,
      rows: () => Object.fromEntries(file.rows),
      async look() {
        now += LOOK_EVERY;
        await file.refresh();
      },
      advance: (ms) => void (now += ms),
      changes: () => changes,
    };
  }

  it('gives the rows, without a word when all are good', () => {
    put('{"mine": {"input_mtok": 1}}');
    const { rows, warnings, changes } = open();
    assert.deepEqual(rows(), { mine: { input_mtok: 1 } });
    assert.deepEqual(warnings, []);
    assert.equal(changes(), 0);
  });

  it('gives nothing, says nothing and looks for nothing without a file', async () => {
    const { context, warnings } = testContext();
    const file = createPriceFile({
      path: undefined,
      log: context.log,
      nowMs: Date.now,
      onChange: () => assert.fail('nothing can change'),
    });
    assert.equal(file.refresh(), undefined);
    assert.equal(file.rows.size, 0);
    assert.equal(file.newer(), undefined);
    assert.deepEqual(warnings, []);
  });

  it('says at start all that is wrong in one line, and takes what is good', () => {
    put('{"a": {"image": -1}, "b": 1, "c": 2, "d": 3, "e": 4, "good": {"image": 1}}');
    const { rows, warnings } = open();
    assert.deepEqual(rows(), { good: { image: 1 } });
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] as string,
      /^\[intelia-otel\] INTELIA_LLM_PRICES: .*prices\.json: "a": image is not .*; "b": .*; "c": .*; and 2 more; list prices are used instead$/,
    );
  });

  it('reads a file again that has changed, at most every ten seconds', async () => {
    put('{"mine": {"input_mtok": 1}}');
    const { file, rows, advance, look, changes } = open();
    put('{"mine": {"input_mtok": 2}, "more": {"image": 1}}');
    advance(LOOK_EVERY - 1);
    assert.equal(file.refresh(), undefined);
    assert.deepEqual(rows(), { mine: { input_mtok: 1 } });
    advance(1);
    await file.refresh();
    assert.deepEqual(rows(), { mine: { input_mtok: 2 }, more: { image: 1 } });
    assert.equal(changes(), 1);
    await look();
    assert.equal(changes(), 1, 'the same file is not read again');
    put('{}');
    await look();
    assert.deepEqual(rows(), {});
  });

  it('looks once at a time, also when the clock was set back', async () => {
    put('{}');
    const { file, advance } = open();
    advance(-LOOK_EVERY);
    const first = file.refresh();
    advance(2 * LOOK_EVERY);
    assert.ok(first);
    assert.equal(file.refresh(), undefined);
    await first;
    assert.ok(file.refresh());
  });

  it('keeps the last good prices when the file goes bad, with one line for each fault', async () => {
    put('{"mine": {"input_mtok": 1}}');
    const { rows, look, warnings, changes } = open();
    for (const bad of ['{"mine": ', '{"mine": {"input_mtok": "2"}, "new": {"image": 1}}', '{"mine": ']) {
      put(bad);
      await look();
      await look();
      assert.deepEqual(rows(), { mine: { input_mtok: 1 } }, bad);
    }
    rmSync(path);
    await look();
    await look();
    assert.deepEqual(rows(), { mine: { input_mtok: 1 } });
    assert.equal(warnings.length, 3);
    assert.match(
      warnings[0] as string,
      /prices\.json: it is not a JSON object of model ids; the prices read before stay$/,
    );
    assert.match(warnings[1] as string, /"mine": input_mtok is not .*; the prices read before stay$/);
    assert.match(warnings[2] as string, /it cannot be read \(ENOENT\); the prices read before stay$/);
    assert.equal(changes(), 0);
    put('{"mine": {"input_mtok": 3}}');
    await look();
    assert.deepEqual(rows(), { mine: { input_mtok: 3 } });
  });

  it('takes a file that appears later', async () => {
    const { rows, look, warnings } = open();
    assert.match(warnings[0] as string, /it cannot be read \(ENOENT\); list prices are used instead$/);
    await look();
    assert.equal(warnings.length, 1);
    put('{"mine": {"input_mtok": 1}}');
    await look();
    assert.deepEqual(rows(), { mine: { input_mtok: 1 } });
  });

  it('changes what the next call costs', async () => {
    put('{"mine": {"input_mtok": 1}}');
    const { context } = testContext();
    let now = 1e12;
    const file = createPriceFile({
      path,
      log: context.log,
      nowMs: () => now,
      onChange: () => pricer.forget(),
    });
    const sources = { loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: file.rows };
    const pricer = createPricer({ ...sources, newer: file.newer, guard: context.guard });
    const quote = (model: string) =>
      pricer.quote(llmEvent({ model, usage: { promptTokens: 1e6, completionTokens: 1e6 } }));
    assert.deepEqual(quote('mine'), { costUsd: 1 });
    assert.deepEqual(quote('gpt-4o'), { costUsd: 12.5 });
    put(`{"mine": {"input_mtok": 2}, "genai_prices": {"date": "2027-01-01", "providers": [{"id": "openai",
      "models": [{"id": "gpt-4o", "match": {"starts_with": "gpt-4o"}, "prices": {"input_mtok": 3, "output_mtok": 4}}]}]}}`);
    now += LOOK_EVERY;
    await file.refresh();
    assert.deepEqual(quote('mine'), { costUsd: 2 });
    assert.deepEqual(quote('gpt-4o'), { costUsd: 7 });
    // Of a service tier too: the list is a list, not an own price.
    const batch = llmEvent({
      model: 'gpt-4o',
      serviceTier: 'batch',
      usage: { promptTokens: 1e6, completionTokens: 0 },
    });
    assert.deepEqual(pricer.quote(batch), { costUsd: 1.5 });
    // What the newer list has not is in the installed one.
    assert.deepEqual(quote('o3'), { costUsd: 10 });
    put('{}');
    now += LOOK_EVERY;
    await file.refresh();
    assert.deepEqual(quote('mine'), { reason: 'unknown_model' });
    assert.deepEqual(quote('gpt-4o'), { costUsd: 12.5 });
  });

  it('lets a newer list have its news, and mends what it has as the installed one', () => {
    const at = (input: number, output: number) =>
      JSON.stringify({
        genai_prices: {
          date: '2027-01-01',
          providers: [
            {
              id: 'mistral',
              models: [
                {
                  id: 'mistral-large',
                  match: { equals: 'mistral-large-latest' },
                  prices: { input_mtok: input, output_mtok: output },
                },
              ],
            },
          ],
        },
      });
    const quote = () => {
      const { context } = testContext();
      const file = createPriceFile({ path, log: context.log, nowMs: Date.now, onChange: () => {} });
      const sources = { loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: file.rows };
      const usage = { promptTokens: 1e6, completionTokens: 1e6 };
      const pricer = createPricer({ ...sources, newer: file.newer, guard: context.guard });
      return pricer.quote(llmEvent({ provider: 'mistral', model: 'mistral-large-latest', usage }));
    };
    // What the installed list has, and Mistral has not any more.
    put(at(2, 6));
    assert.deepEqual(quote(), { costUsd: 2 });
    put(at(0.6, 1.8));
    assert.deepEqual(quote(), { costUsd: 2.4 });
  });

  it('reads no folder, no pipe and nothing that is huge', async () => {
    mkdirSync(path);
    assert.match(open().warnings[0] as string, /it is not a file; list prices are used instead$/);
    rmSync(path, { recursive: true });
    // Whoever opens a pipe without a writer waits for ever.
    execFileSync('mkfifo', [path]);
    assert.match(open().warnings[0] as string, /it is not a file/);
    rmSync(path);
    writeFileSync(path, ' '.repeat(4 * 1024 * 1024 + 1));
    assert.match(open().warnings[0] as string, /it is larger than 4194304 bytes/);
  });
});
