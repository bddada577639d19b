/**
 * Database servers of the system as child processes: on 127.0.0.1, in a directory of their own that goes with them.
 * A machine without the program skips the tests that need it; under CI that is a failure.
 */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ChildServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly directory: string;
  /** Kills the server, clients or not, and removes its files. */
  stop(): Promise<void>;
}

export interface ServerProgram {
  readonly program: string;
  /** What it prints once it takes connections. */
  readonly ready: string;
  args(directory: string, port: number): readonly string[];
  /** Run before the first start, to make the server's files. */
  prepare?(directory: string): Promise<void>;
  readonly options?: SpawnOptions;
}

/** Call it first in `before`: skips the suite, with its reason, where the program is not installed. */
export function needs(suite: Mocha.Context, program: string, debianPackage: string): void {
  if (spawnSync(program, ['--version']).status === 0) return;
  if (process.env['CI'] !== undefined)
    throw new Error(`${program} is missing: apt-get install ${debianPackage}`);
  process.stdout.write(`      ${program} is missing (Debian package ${debianPackage}): skipped\n`);
  suite.skip();
}

export async function startServer(server: ServerProgram): Promise<ChildServer> {
  const directory = await mkdtemp(join(tmpdir(), 'intelia-db-'));
  try {
    await server.prepare?.(directory);
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      try {
        const child = spawn(server.program, server.args(directory, port), {
          ...server.options,
          stdio: 'pipe',
        });
        await ready(child, server);
        return { host: '127.0.0.1', port, directory, stop: stopper(child, directory) };
      } catch (error) {
        // Somebody else may have taken the port in between.
        if (attempt === 3) throw error;
      }
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function ready(child: ChildProcess, server: ServerProgram): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    const listen = (chunk: Buffer): void => {
      told = (told + chunk.toString()).slice(-4_000);
      if (told.includes(server.ready)) resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${server.program} did not start: ${told}`)));
  });
}

/** Whoever forgets to stop the server is neither kept alive by it nor leaves it behind. */
function stopper(child: ChildProcess, directory: string): () => Promise<void> {
  const atExit = (): void => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket | null)?.unref();
  return async () => {
    process.removeListener('exit', atExit);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.ref();
      child.kill('SIGKILL');
      await gone;
    }
    await rm(directory, { recursive: true, force: true });
  };
}
