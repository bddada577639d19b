// Adds up mocha's own summaries in the given logs and closes with one plain line. Fails when a log has no summary.
import { readFileSync } from 'node:fs';

const total = { passing: 0, failing: 0, pending: 0 };
for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, 'utf8').replace(/\u001b\[[0-9;]*m/g, '');
  const found = [...text.matchAll(/^\s*(\d+) (passing|failing|pending)\b/gm)];
  if (!found.some(([, , word]) => word === 'passing')) throw new Error(`${path}: no summary of mocha's`);
  for (const [, count, word] of found) total[word] += Number(count);
}
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : '';
process.stdout.write(`${total.passing} passed, ${total.failing} failed${skipped}\n`);
process.exitCode = total.failing > 0 ? 1 : 0;
