/** The small Next.js application of test/fixtures/next, built once for each version by the Next of a folder. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SOURCE = join(__dirname, '../fixtures/next');

/** Gives the built application's folder, below `folder`, where that Next is installed. */
export async function buildNextApp(folder: string): Promise<string> {
  const app = join(folder, '.cache/app');
  const stamp = join(folder, '.cache/stamp');
  const wanted = fingerprint(folder);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return app;
  rmSync(app, { recursive: true, force: true });
  cpSync(SOURCE, app, { recursive: true });
  writeFileSync(join(app, 'package.json'), '{ "private": true }');
  const next = join(folder, 'node_modules/next/dist/bin/next');
  await promisify(execFile)(process.execPath, [next, 'build', app], { env: nextEnv(folder), cwd: app });
  writeFileSync(stamp, wanted);
  return app;
}

/** What Next is run with: nothing is sent home, nothing asked from a registry. */
export const nextEnv = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_TEST_ROOT: folder,
});

function fingerprint(folder: string): string {
  const hash = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json')));
  for (const file of (readdirSync(SOURCE, { recursive: true }) as string[]).sort()) {
    hash.update(file);
    if (/\.\w+$/.test(file)) hash.update(readFileSync(join(SOURCE, file)));
  }
  return hash.digest('hex');
}
