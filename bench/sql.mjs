// How long it takes to find a statement's operation and table: of a usual one, of megabytes that applications send, and of
// megabytes made to be slow; by a process that has read usual ones before, as applications have.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { loadInternals } from './lib/bundle.mjs';
import { interleave, report } from './lib/rounds.mjs';

const { parseSql } = loadInternals();
const outfile = fileURLToPath(new URL('../node_modules/.cache/big-statements.cjs', import.meta.url));
buildSync({
  entryPoints: [fileURLToPath(new URL('../test/db/sql/big-statements.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
});
const { real, made } = createRequire(import.meta.url)(outfile).bigStatements(1_000_000);

const contender = ({ name, text }) => ({
  name,
  run(n) {
    for (let i = 0; i < n; i++) parseSql(text);
  },
});
const toMs = (times) =>
  Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.map((ns) => ns / 1e6)]));

const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const slowestOf = (all) => Object.entries(all).sort(([, a], [, b]) => middle(b) - middle(a));

const text = 'SELECT u.id, u.name FROM users u JOIN orders o ON o.user_id = u.id WHERE u.email = $1 LIMIT 10';
const usual = await interleave([contender({ name: 'a query of 95 characters', text })], {
  iterations: 20_000,
});
report({
  title: 'Operation and table of a usual query, not remembered',
  unit: 'ns',
  times: usual,
  marks: [],
});

const times = toMs(await interleave(real.map(contender), { rounds: 9, iterations: 2 }));
report({
  title: 'Operation and table of a megabyte of SQL',
  unit: 'ms',
  times,
  marks: [{ text: 'the slowest, ms ≤ 10', of: slowestOf(times)[0][0], max: 10 }],
});

const slow = toMs(await interleave(made.map(contender), { rounds: 3, iterations: 2 }));
report({
  title: 'The same of texts made to be slow: the 5 slowest',
  unit: 'ms',
  times: Object.fromEntries(slowestOf(slow).slice(0, 5)),
  marks: [],
});
