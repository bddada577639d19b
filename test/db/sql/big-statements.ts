/** Texts of any length: such as applications send by mistake or in bulk, and such as are made to be slow. */

/** `head`, as many units as fit into `length` characters, `tail`. Flat: a rope would be copied by whoever reads it first. */
function filled(length: number, head: string, unit: string, tail = ''): string {
  const text = head + unit.repeat(Math.max(0, Math.floor((length - head.length - tail.length) / unit.length))) + tail;
  return Buffer.from(text, 'utf8').toString('utf8');
} // prettier-ignore

type Shape = readonly [head: string, unit: string, tail: string, operation: string, table: string];

/** What is really sent. */
const REAL: Readonly<Record<string, Shape>> = {
  'INSERT of many rows': ['INSERT INTO t (a, b) VALUES ', "(1,'two'),", "(1,'x')", 'INSERT', 't'],
  'WITH VALUES of many rows': ['WITH v(a, b) AS (VALUES ', "(1,'two',NULL),", '(1,2,3)) UPDATE t SET a = v.b FROM v', 'UPDATE', 't'],
  'WITH VALUES of many parameters': ['WITH v AS (VALUES ', '($12345, $12346::int), ', '(1,2)) INSERT INTO t SELECT * FROM v', 'INSERT', 't'],
  'columns, quoted': ['SELECT ', '"t"."column" AS "t_column", ', '1 FROM "t"', 'SELECT', 't'],
  'columns': ['SELECT ', 't.column1 AS c, ', '1 FROM t', 'SELECT', 't'],
  'IN of many numbers': ['SELECT 1 WHERE id IN (', '123456, ', '1)', 'SELECT', ''],
  'IN of many texts': ['WITH a AS (SELECT * FROM x WHERE id IN (', "'2c9f-41aa', ", "'')) SELECT * FROM a", 'SELECT', 'x'],
  'UNION of many rows': ['WITH v AS (SELECT 1 ', "UNION ALL SELECT 1, 'some text' ", ') UPDATE t SET a = 1', 'UPDATE', 't'],
  'CASE of many rows': ['SELECT CASE ', "WHEN id = 1 THEN 'two' ", 'END FROM t', 'SELECT', 't'],
  'conditions': ['WITH a AS (SELECT * FROM x WHERE ', 'a = 1 AND b = 2 OR ', 'c) SELECT * FROM a', 'SELECT', 'x'],
  'one long text': ["SELECT '", "it''s long ", "' FROM t", 'SELECT', 't'],
  'one long escaped text': ["SELECT E'", "it\\'s long ", "' FROM t", 'SELECT', 't'],
  'a function in dollars': ['DO $$', ' BEGIN PERFORM 1; END; ', '$$', 'DO', ''],
  'a long comment': ['/*', ' from x ', '*/ SELECT * FROM t', 'SELECT', 't'],
  'MERGE of many rows': ['MERGE INTO t USING (VALUES ', "(1, 'x'), ", '(1)) s ON 1=1', 'MERGE', 't'],
  'a script': ['BEGIN; ', "SET app.setting = 'some value of it'; ", 'SELECT * FROM t', 'SELECT', 't'],
}; // prettier-ignore

/** Open ends, and much of what the reader has to stop at. */
const MADE: readonly string[] = [
  '(', ')', '((1))', '[', '](', "'", '"', '`', '$', '$a$b', '/*', '*/', '/**/', '/*!1 ', '--\n', '#\n', '\\', "\\'", 'a.', ',',
  ';', 'x ', 'x;', 'é,', ':a,', '@', 'a[1],', "E'a',", "''", '"a" ', '[a],', '$$a$$,', 'BEGIN;', 'SELECT ', 'UNION ALL SELECT 1 ',
  'from (', 'with a as (', 'select * from f(), ', 'c AS (SELECT 1), ', 'IF ', 'DECLARE ', 'EXPLAIN ', 'FROM t JOIN ', 'INTO #',
]; // prettier-ignore

export interface BigStatement {
  readonly name: string;
  readonly text: string;
  /** What it does; undefined where it says nothing. */
  readonly expected?: { readonly operation: string; readonly table: string };
}

export function bigStatements(length: number): {
  readonly real: BigStatement[];
  readonly made: BigStatement[];
} {
  return {
    real: Object.entries(REAL).map(([name, [head, unit, tail, operation, table]]) => ({
      name,
      text: filled(length, head, unit, tail),
      expected: { operation, table },
    })),
    made: ['', 'SELECT ', 'WITH a AS (SELECT 1), ', 'UPDATE u SET a = '].flatMap((head) =>
      MADE.map((unit) => ({ name: `${head}${unit.trim()}…`, text: filled(length, head, unit) })),
    ),
  };
}
