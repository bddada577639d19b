import assert from 'node:assert/strict';
import fc from 'fast-check';
import { catalogue } from '../../../src/catalogue/catalogue.js';
import { describeStatement, OPERATIONS, type Backslash } from '../../../src/db/sql/describe.js';
import { bigStatements } from './big-statements.js';
import { corpus } from './corpus.js';

describe('describeStatement', () => {
  for (const [name, rows] of Object.entries(corpus)) {
    describe(name, () => {
      for (const [sql, operation, table] of rows) {
        it(sql === '' ? '(empty)' : sql.slice(0, 90), () => {
          assert.deepEqual(describeStatement(sql), { operation, table });
        });
      }
    });
  }

  it('says the same where it is told what a backslash is', () => {
    for (const [name, rows] of Object.entries(corpus)) {
      const known = /^(PostgreSQL|SQLite|T-SQL)/.test(name) ? 'plain' : /^MySQL/.test(name) ? 'escapes' : undefined;
      for (const [sql, operation, table] of known === undefined ? [] : rows)
        assert.deepEqual(describeStatement(sql, known), { operation, table }, sql);
    }
  }); // prettier-ignore

  it('knows no more operations than the label takes', () => {
    const { bound } = catalogue.intelia_db_queries_total.labels.operation;
    assert.ok(OPERATIONS.length <= bound, `${OPERATIONS.length} operations`);
    const seen = Object.values(corpus).flatMap((rows) => rows.map(([, operation]) => operation));
    assert.deepEqual([...new Set(seen)].filter((operation) => !OPERATIONS.includes(operation)), []); // prettier-ignore
    assert.deepEqual(OPERATIONS.filter((operation) => !seen.includes(operation)), []); // prettier-ignore
  });

  it('says the same whatever the case of keywords, and however it is spaced', () => {
    for (const [sql, operation, table] of corpus['what libraries send'] ?? []) {
      const spaced = sql
        .replaceAll(' ', '\n /* from x */ ')
        .replaceAll(/\b(select|from|insert|into|with)\b/gi, (word) => word.toLowerCase());
      assert.deepEqual(describeStatement(spaced), { operation, table }, spaced);
    }
  });

  it('remembers without mixing up, past the size of its memory', () => {
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 1_500; i++) {
        assert.deepEqual(describeStatement(`SELECT * FROM t${i}`), { operation: 'SELECT', table: `t${i}` });
      }
    }
  });

  const pieces = fc.constantFrom(
    ...'SELECT FROM WITH AS INSERT INTO UPDATE SET DELETE JOIN WHERE UNION RECURSIVE COPY CREATE TABLE ON BEGIN EXPLAIN ( ) , ; . [ ] " \' ` $ $$ $a$ # -- /* */ /*! : :: @ ? \\ E\' t "t" 1 \n'.split(
      / +/,
    ),
  );

  it('answers anything at all, with a known operation and a short table', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(pieces, { maxLength: 60 }).map((words) => words.join(' ')),
      fc.array(pieces, { maxLength: 60 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const { operation, table } = describeStatement(text);
        assert.ok(OPERATIONS.includes(operation));
        assert.equal(typeof table, 'string');
        assert.ok(table.length <= 4 * 129);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never shows a literal', () => {
    const literal = fc
      .string({ unit: fc.constantFrom(...'ab \n;,.()-/*#"`[]$?:@\\'), maxLength: 12 })
      .map((text) => `SECRET${text}SECRET`);
    const written = literal.chain((text) =>
      fc.constantFrom(
        `'${text.replaceAll('\\', '')}'`,
        `E'${text.replaceAll('\\', '\\\\')}'`,
        `$q$${text}$q$`,
        `/* ${text.replaceAll(/[*/]/g, '')} */ 1`,
      ),
    );
    const statement = fc.constantFrom(
      'SELECT ? FROM t WHERE a = ?',
      'INSERT INTO t VALUES (?, ?)',
      'UPDATE t SET a = ? WHERE b IN (?, ?)',
      'WITH c AS (SELECT ? AS x) SELECT * FROM c JOIN t ON x = ?',
      'SET a = ?; DELETE FROM t WHERE a = ?',
      'COPY (SELECT ? FROM t) TO ?',
    );
    fc.assert(
      fc.property(statement, fc.array(written, { minLength: 3, maxLength: 3 }), (template, values) => {
        let next = 0;
        const sql = template.replaceAll('?', () => values[next++] as string);
        assert.equal(describeStatement(sql).table, 't', sql);
      }),
      { numRuns: 2_000 },
    );
  });

  // What an attacker types is written as the database's own library escapes it; where that is known nothing is guessed.
  for (const [backslash, written] of [
    ['plain', (text: string) => `'${text.replaceAll("'", "''")}'`],
    ['escapes', (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`],
    ['escapes', (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`],
    ['escapes', (text: string) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`],
  ] as const satisfies readonly (readonly [Backslash, (text: string) => string])[]) {
    it(`never shows a literal such as ${written('a\\\'"b')}`, () => {
      const piece = fc.constantFrom(
        ...'\\ " , ; ) ( -- /* # x'.split(' '),
        "'",
        ' ',
        ' FROM evil t ',
        '\n FROM evil ',
        ' FROM evil, ',
      );
      const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
      const statement = fc.constantFrom(
        'SELECT ?, ? FROM t WHERE a = ?',
        'UPDATE t SET a = ?, b = ? WHERE c = ?',
        'DELETE t FROM dbo.s AS s JOIN t ON s.a = ? AND s.b = ? AND s.c = ?',
        'SET a = ?; SELECT ? FROM t WHERE b = ?',
      );
      fc.assert(
        fc.property(statement, fc.array(text, { minLength: 3, maxLength: 3 }), (template, values) => {
          let next = 0;
          const sql = template.replaceAll('?', () => written(values[next++] as string));
          assert.equal(describeStatement(sql, backslash).table, 't', sql);
        }),
        { numRuns: 5_000 },
      );
    });
  }

  it('answers each of 100,000 random and mutated texts', function () {
    this.timeout(120_000);
    const all = Object.values(corpus).flatMap((rows) => rows.map(([sql]) => sql));
    const cut = fc.tuple(fc.nat(), fc.nat(40), pieces, fc.nat(4));
    const mutated = fc.tuple(fc.nat(all.length - 1), fc.nat(all.length - 1), fc.array(cut, { maxLength: 5 }));
    const random = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 30 });
    const known = new Set(OPERATIONS);
    let checked = 0;
    const check = (text: string): void => {
      checked++;
      for (const backslash of ['guess', 'escapes', 'plain'] as const) {
        const { operation, table } = describeStatement(text, backslash);
        assert.ok(known.has(operation), text);
        assert.ok(table.length <= 4 * 129, text);
      }
    };
    fc.assert(
      fc.property(mutated, ([one, other, cuts]) => {
        check(cuts.reduce((text, [at, length, piece, kind]) => mutate(text, all[other] ?? '', { at, length, piece, kind }), all[one] ?? ''));
      }),
      { numRuns: 70_000 },
    ); // prettier-ignore
    fc.assert(fc.property(random, (words) => check(words.join(words.length % 2 === 0 ? ' ' : ''))), { numRuns: 30_000 }); // prettier-ignore
    assert.equal(checked, 100_000);
  });

  it('knows what megabytes do', () => {
    for (const { name, text, expected } of bigStatements(1_000_000).real) {
      assert.deepEqual(describeStatement(text), expected, name);
    }
  });

  // Time that grows with the square of the length would be 16 times as much for 4 times the text.
  it('is linear, for texts made to be slow too', function () {
    this.timeout(60_000);
    const time = (length: number): number => {
      const { real, made } = bigStatements(length);
      const start = process.cpuUsage().user;
      for (const { text } of [...real, ...made]) describeStatement(text);
      return (process.cpuUsage().user - start) / 1e6;
    };
    time(20_000);
    const [short, long] = [time(62_500), time(250_000)];
    assert.ok(long < 8 * short, `${short} s for a quarter, ${long} s for the whole`);
    assert.ok(long < 5, `${long} s`);
  });
});

interface Mutation {
  readonly at: number;
  readonly length: number;
  readonly piece: string;
  readonly kind: number;
}

/** Leaves something out, puts something in, ends it, turns its case, or goes on with another text. */
function mutate(text: string, other: string, { at, length, piece, kind }: Mutation): string {
  const place = at % (text.length + 1);
  const [before, after] = [text.slice(0, place), text.slice(place)];
  if (kind === 0) return before + after.slice(length);
  if (kind === 1) return before + piece + after;
  if (kind === 2) return before;
  if (kind === 3) return before + after.slice(0, length).toUpperCase() + after.slice(length).toLowerCase();
  return before + other.slice(at % (other.length + 1));
}
