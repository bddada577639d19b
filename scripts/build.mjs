// Builds dist/: one CommonJS bundle of our own code (dependencies stay outside), an ESM door onto the same
// bundle so that `import` and `require` share one state, and the types of both.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const started = performance.now();

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/types', { recursive: true });

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.6',
  format: 'cjs',
  packages: 'external',
  legalComments: 'none',
  define: {
    __INTELIA_OTEL_VERSION__: JSON.stringify(version),
    __OTEL_SDK_VERSION__: JSON.stringify(dependencies['@opentelemetry/sdk-metrics']),
  },
};
await build({ ...common, entryPoints: ['src/index.ts'], outfile: 'dist/index.cjs' });
await build({ ...common, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.cjs' });
// The door loads the same file as the sign, or there would be two sets of cells.
const sameBundle = {
  name: 'same-bundle',
  setup: (b) =>
    b.onResolve({ filter: /^\.\/start\.js$|^\.\/index\.js$/ }, () => ({
      path: './index.cjs',
      external: true,
    })),
};
await build({
  ...common,
  entryPoints: ['src/register.ts'],
  outfile: 'dist/register.cjs',
  plugins: [sameBundle],
});

const names = Object.keys(require('../dist/index.cjs'))
  .filter((n) => n !== 'default')
  .sort();
writeFileSync(
  'dist/index.mjs',
  `import otel from './index.cjs';\nexport const { ${names.join(', ')} } = otel;\n`,
);
writeFileSync('dist/register.mjs', `import './register.cjs';\n`);

execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'scripts/tsconfig.types.json'], {
  stdio: 'inherit',
});
for (const name of ['index', 'register']) {
  for (const kind of ['cts', 'mts'])
    writeFileSync(`dist/${name}.d.${kind}`, `export * from './types/${name}.js';\n`);
}
process.stdout.write(`built dist/ in ${Math.round(performance.now() - started)} ms\n`);
