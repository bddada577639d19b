/** The hooks in real processes: what is counted, and that exit code and stderr are what they are without us. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

interface Run {
  readonly code: number | null;
  readonly stderr: string;
  readonly totals?: { readonly errors: string[]; readonly series: Record<string, Record<string, number>> };
}

interface Case {
  readonly name: string;
  readonly flags?: readonly string[];
  readonly app: string;
  readonly counted: Record<string, number>;
}

const REJECT = `Promise.reject(new Error('boom'));`;
const LATER = `setTimeout(() => {}, 20);`;
const CRITICAL_REJECTION = { 'type=unhandled_rejection,severity=critical': 1 };
const SURVIVED_REJECTION = { 'type=unhandled_rejection,severity=error': 1 };
const CRITICAL_EXCEPTION = { 'type=uncaught_exception,severity=critical': 1 };
const LISTENS = `process.on('unhandledRejection', () => {});`;
const SURVIVES = `process.on('uncaughtException', () => {});`;
const mode = (name: string): string[] => [`--unhandled-rejections=${name}`];

const CASES: readonly Case[] = [
  { name: 'a clean end', app: '', counted: {} },
  { name: 'an uncaught exception', app: `throw new Error('boom');`, counted: CRITICAL_EXCEPTION },
  { name: 'a thrown string', app: `throw 'boom';`, counted: CRITICAL_EXCEPTION },
  { name: 'a thrown undefined', app: `throw undefined;`, counted: CRITICAL_EXCEPTION },
  {
    name: 'an exception that the application catches with uncaughtException',
    app: `${SURVIVES} setTimeout(() => { throw new Error('boom') }, 1);`,
    counted: CRITICAL_EXCEPTION,
  },
  {
    name: 'an exception taken by a capture callback',
    app: `process.setUncaughtExceptionCaptureCallback(() => {}); setTimeout(() => { throw new Error('boom') }, 1);`,
    counted: CRITICAL_EXCEPTION,
  },
  { name: 'a rejection', app: REJECT + LATER, counted: CRITICAL_REJECTION },
  { name: 'a rejection without a reason', app: `Promise.reject();${LATER}`, counted: CRITICAL_REJECTION },
  { name: 'a rejection, mode throw', flags: mode('throw'), app: REJECT + LATER, counted: CRITICAL_REJECTION },
  {
    name: 'a rejection, mode strict',
    flags: mode('strict'),
    app: REJECT + LATER,
    counted: CRITICAL_REJECTION,
  },
  { name: 'a rejection, mode warn', flags: mode('warn'), app: REJECT + LATER, counted: SURVIVED_REJECTION },
  {
    name: 'three rejections with odd reasons, mode warn',
    flags: mode('warn'),
    app: `Promise.reject(); Promise.reject('line\\nline'); Promise.reject({ get message() { throw 1 } });${LATER}`,
    counted: { 'type=unhandled_rejection,severity=error': 3 },
  },
  {
    name: 'a rejection, mode warn without printed warnings',
    flags: [...mode('warn'), '--no-warnings'],
    app: REJECT + LATER,
    counted: SURVIVED_REJECTION,
  },
  {
    name: 'a rejection, mode warn-with-error-code',
    flags: mode('warn-with-error-code'),
    app: REJECT + LATER,
    counted: SURVIVED_REJECTION,
  },
  { name: 'a rejection, mode none', flags: mode('none'), app: REJECT + LATER, counted: {} },
  { name: 'a rejection handled late', app: `const p = Promise.reject(1); p.catch(() => {});`, counted: {} },
  { name: 'a rejection with a listener', app: LISTENS + REJECT + LATER, counted: {} },
  { name: 'the same, mode warn', flags: mode('warn'), app: LISTENS + REJECT + LATER, counted: {} },
  {
    name: 'the same, mode strict',
    flags: mode('strict'),
    app: LISTENS + REJECT + LATER,
    counted: CRITICAL_REJECTION,
  },
  { name: 'a rejection survived', app: SURVIVES + REJECT + LATER, counted: SURVIVED_REJECTION },
  {
    name: 'a rejection survived, mode strict, which warns as well',
    flags: mode('strict'),
    app: SURVIVES + REJECT + LATER,
    counted: SURVIVED_REJECTION,
  },
  { name: "the application's own warning", app: `process.emitWarning('boom');${LATER}`, counted: {} },
  { name: 'process.exit', app: `process.exit(7);`, counted: {} },
];

describe('system hooks in a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'intelia-system-'));
  const preload = join(folder, 'preload.cjs');
  before(() => {
    buildSync({
      entryPoints: ['test/fixtures/system/preload.ts'],
      outfile: preload,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { name, flags = [], app, counted } of CASES) {
    it(`counts and does not change ${name}`, async () => {
      const bare = await run([...flags, '-e', app]);
      const ours = await run([...flags, '--require', preload, '-e', app]);
      assert.deepEqual(ours.totals?.series['intelia_errors_total'], counted);
      assert.deepEqual(ours.totals?.errors, []);
      assert.equal(ours.code, bare.code);
      assert.equal(ours.stderr, bare.stderr);
    });
  }

  it('sees a blocked event loop and every collection, and lets the process end', async () => {
    const app = `setTimeout(() => { const end = Date.now() + 300; while (Date.now() < end); gc(); gc();
      setTimeout(() => {}, 60) }, 60);`;
    const { totals, code } = await run(['--expose-gc', '--require', preload, '-e', app]);
    assert.equal(code, 0);
    const delays = totals?.series['intelia_event_loop_delay_seconds'] ?? {};
    assert.deepEqual(Object.keys(delays), ['quantile=0.5', 'quantile=0.9', 'quantile=0.99', 'quantile=1']);
    const longest = delays['quantile=1'] ?? 0;
    assert.ok(longest > 0.27 && longest < 2, `blocked for 0.3 s, read ${longest}`);
    assert.ok((delays['quantile=0.5'] ?? 1) < 0.1, 'the resolution itself is no delay');
    assert.equal(totals?.series['intelia_gc_duration_seconds']?.['kind=major'], 2);
  });
});

async function run(args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  const [stderr, report] = [child.stdio[2], child.stdio[3]].map(readAll) as [
    Promise<string>,
    Promise<string>,
  ];
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const text = await report;
  return {
    code,
    stderr: (await stderr).replace(/\(node:\d+\)/g, '(node)'),
    ...(text === '' ? {} : { totals: JSON.parse(text) as NonNullable<Run['totals']> }),
  };
}

async function readAll(stream: unknown): Promise<string> {
  let text = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}
