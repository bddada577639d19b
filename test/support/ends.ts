/** For mocha's `--require`: what a failed test has left open fails the run, which else would never end. */
const PATIENCE_MS = 30_000;

export const mochaHooks = {
  afterAll(): void {
    // Does not hold the process itself, and so fires only where something else does.
    setTimeout(() => {
      const open = [...new Set(process.getActiveResourcesInfo())].join(', ');
      process.stderr.write(`The tests are over, and something holds the process: ${open}\n`);
      process.exit(1);
    }, PATIENCE_MS).unref();
  },
};
