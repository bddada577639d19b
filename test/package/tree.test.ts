import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };

interface Lock {
  readonly packages: Record<string, { version: string; resolved?: string; dev?: boolean }>;
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;

describe('the dependency tree', () => {
  for (const name of ['sdk-metrics', 'core', 'resources', 'api']) {
    it(`holds one copy of @opentelemetry/${name}`, () => {
      const copies = Object.keys(lock.packages).filter((path) =>
        path.endsWith(`node_modules/@opentelemetry/${name}`),
      );
      assert.deepEqual(copies, [`node_modules/@opentelemetry/${name}`]);
    });
  }

  it('pins every OTel package but the API exactly', () => {
    for (const [name, range] of Object.entries(manifest.dependencies)) {
      if (name === '@opentelemetry/api' || !name.startsWith('@opentelemetry/')) continue;
      assert.match(range, /^\d+\.\d+\.\d+$/, name);
    }
  });

  it('names no host to download from in a lockfile', () => {
    for (const { resolved } of Object.values(lock.packages)) assert.equal(resolved, undefined);
  });
});
