import assert from 'node:assert/strict';
import fc from 'fast-check';
import { catalogue } from '../../src/catalogue/catalogue.js';
import { describeStatement, OPERATIONS } from '../../src/db/sql.js';
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

  // A quadratic reader needs minutes for any of these; the limit is generous to a busy machine.
  it('is linear, for texts made to be slow too', function () {
    this.timeout(60_000);
    const unit = ['(', ')', '[', '"', "'", '`', '$', '$a$b', '/*', '/* */', '*/', '/*!', '--', '#', '\\', "\\'", 'a.', ',', ';', 'BEGIN;', 'SELECT ', 'from (', 'with a as (', 'a ', 'select * from f(), ', "E'\\", '@', ':', '[a', '](']; // prettier-ignore
    const start = process.cpuUsage().user;
    for (const piece of unit) {
      for (const before of ['', 'SELECT ', 'WITH a AS (SELECT 1), ', 'UPDATE u SET a = ']) {
        describeStatement(before + piece.repeat(250_000 / piece.length));
      }
    }
    const seconds = (process.cpuUsage().user - start) / 1e6;
    assert.ok(seconds < 10, `${seconds} s for ${unit.length} MB`);
  });
});
