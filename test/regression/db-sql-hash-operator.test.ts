/**
 * PostgreSQL's `#` (exclusive or) was read as the beginning of a MySQL comment, so that the quotes on the rest of its
 * line were not seen, and what a user had typed after a line's end became a table's label.
 */
import assert from 'node:assert/strict';
import { describeStatement } from '../../src/db/sql/describe.js';

describe('SQL with # as an operator', () => {
  for (const sql of [
    "SELECT (a # 3), 'x\n FROM secret y' FROM t",
    "SELECT a # b, '\n FROM secret' FROM t WHERE c = 1",
    'SELECT 5 # 3 FROM t',
    'SELECT a ## b, c FROM t',
    'SELECT a #b FROM t',
  ]) {
    it(JSON.stringify(sql), () => {
      assert.deepEqual(describeStatement(sql, 'plain'), { operation: 'SELECT', table: 't' });
    });
  }

  it('is a comment still where MySQL is asked', () => {
    const sql = "SELECT a # it's FROM nothing\n FROM t";
    assert.deepEqual(describeStatement(sql, 'escapes'), { operation: 'SELECT', table: 't' });
    assert.deepEqual(describeStatement(sql), { operation: 'SELECT', table: 't' });
  });
});
