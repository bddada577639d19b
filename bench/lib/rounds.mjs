// Contenders take turns, round by round, so that a slow moment of the machine falls on all of them.

/** `--quick`: a look at the shape only, in a second or two. */
export const isQuick = process.argv.includes('--quick');

/**
 * Nanoseconds per operation of each contender in each round. A contender is `{ name, run(n) }` with a loop of its own: a
 * shared one would see all of them and be optimised for none.
 */
export async function interleave(contenders, { rounds = 15, iterations }) {
  const times = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  const n = isQuick ? Math.ceil(iterations / 20) : iterations;
  for (const { run } of contenders) await run(n);
  for (let round = 0; round < (isQuick ? 3 : rounds); round++) {
    // Each begins a round in its turn: the first after a pause is often slower.
    const order = contenders.map((_, i) => contenders[(i + round) % contenders.length]);
    for (const { name, run } of order) {
      globalThis.gc?.();
      const start = process.hrtime.bigint();
      await run(n);
      times[name].push(Number(process.hrtime.bigint() - start) / n);
    }
  }
  return times;
}

/** Bytes that one operation allocates; the young generation must be large enough to hold all of them (see run.mjs). */
export function allocated({ run }, iterations = 50_000) {
  run(iterations);
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  run(iterations);
  const bytes = (process.memoryUsage().heapUsed - before) / iterations;
  return bytes < 1 ? 0 : Math.round(bytes);
}

/** Hands a result to run.mjs. */
export function report(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
