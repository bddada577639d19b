// Builds the real backends that test/backends runs against: Prometheus with promtool, and a Collector. Needs Go; users
// of the package need none of it. What is built already is left alone, so a second run takes no time.
// Usage: node scripts/backends.mjs
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve('test/backends');
const bin = join(root, '.bin');

// Without service discovery: it is half of the binary, none of it is used, and one of its modules is not to be had.
const TAGS = '-tags=remove_all_sd';
const LEAN = ['-trimpath', '-ldflags', '-s -w'];

function go(args, cwd) {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: `${TAGS} -mod=readonly -buildvcs=false` };
  // The least of priorities: whoever builds has other work to do meanwhile.
  execFileSync('nice', ['-n', '15', 'go', ...args], { cwd, env, stdio: 'inherit' });
}

function buildPrometheus(into) {
  const commands = ['prometheus', 'promtool'].map((name) => `github.com/prometheus/prometheus/cmd/${name}`);
  go(['build', ...LEAN, '-o', `${into}/`, ...commands], join(root, 'prometheus'));
}

/** The builder writes a main package from the manifest; go.mod and go.sum are ours, so that no version moves. */
function buildCollector(into) {
  const [builder, source] = [join(into, 'builder'), join(into, 'source')];
  mkdirSync(source);
  go(['build', ...LEAN, '-o', builder, 'go.opentelemetry.io/collector/cmd/builder'], join(root, 'builder'));
  const options = ['--skip-get-modules', '--skip-compilation'];
  const manifest = join(root, 'collector', 'manifest.yaml');
  execFileSync(builder, ['--config', manifest, ...options], {
    cwd: source,
    stdio: 'pipe',
  });
  for (const file of ['go.mod', 'go.sum']) cpSync(join(root, 'collector', file), join(source, file));
  go(['build', ...LEAN, '-o', join(into, 'otelcol'), '.'], source);
  for (const used of [builder, source]) rmSync(used, { recursive: true });
}

const backends = [
  {
    name: 'prometheus',
    inputs: ['prometheus/go.mod', 'prometheus/go.sum'],
    version: /prometheus\/prometheus v([\d.]+)/,
    binaries: ['prometheus', 'promtool'],
    build: buildPrometheus,
  },
  {
    name: 'otelcol',
    inputs: ['collector/manifest.yaml', 'collector/go.mod', 'collector/go.sum', 'builder/go.sum'],
    version: /^ {2}version: ([\d.]+)/m,
    binaries: ['otelcol'],
    build: buildCollector,
  },
];

const current = {};
for (const { name, inputs, version, binaries, build } of backends) {
  const texts = inputs.map((file) => readFileSync(join(root, file), 'utf8'));
  const digest = createHash('sha256').update(texts.join()).digest('hex').slice(0, 8);
  const folder = join(bin, `${name}-${version.exec(texts[0])[1]}-${digest}`);
  if (!existsSync(folder)) {
    const started = performance.now();
    process.stdout.write(`building ${name} (minutes the first time, seconds with Go's cache)\n`);
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    build(partial);
    renameSync(partial, folder);
    process.stdout.write(`built ${name} in ${Math.round((performance.now() - started) / 1000)} s\n`);
  }
  for (const binary of binaries) current[binary] = join(folder, binary);
}
// Where test/support/backends.ts looks.
writeFileSync(join(bin, 'current.json'), `${JSON.stringify(current, null, 2)}\n`);
