/** A real MariaDB (Debian's `mariadb-server`), with the database `shop` and a user that may do everything. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { needs, startServer, type ChildServer } from './child-server.js';

export interface TestMariadb extends ChildServer {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const account = { user: 'intelia', password: 'pa55-word', database: 'shop' };
/** One statement a line, as the server reads its init file. */
const SETUP = `
CREATE DATABASE shop;
CREATE DATABASE one;
CREATE DATABASE two;
CREATE USER intelia@'127.0.0.1' IDENTIFIED BY 'pa55-word';
GRANT ALL ON *.* TO intelia@'127.0.0.1';
CREATE TABLE shop.users (id INT PRIMARY KEY, name VARCHAR(40));
INSERT INTO shop.users VALUES (1, 'Ada'), (2, 'Bob');
`;

/** @example before(async function () { mariadb = await startMariadb(this); }) */
export async function startMariadb(suite: Mocha.Context): Promise<TestMariadb> {
  needs(suite, 'mariadbd', 'mariadb-server');
  const user = `--user=${userInfo().username}`;
  const server = await startServer({
    program: 'mariadbd',
    ready: 'ready for connections',
    args: (directory, port) => [
      '--no-defaults', user, `--datadir=${join(directory, 'data')}`, `--port=${port}`, '--bind-address=127.0.0.1',
      `--socket=${join(directory, 'socket')}`, `--pid-file=${join(directory, 'pid')}`, '--skip-name-resolve',
      `--init-file=${join(directory, 'setup.sql')}`, '--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=16M',
    ], // prettier-ignore
    async prepare(directory) {
      await writeFile(join(directory, 'setup.sql'), SETUP);
      const made = spawnSync('mariadb-install-db', [
        '--no-defaults', user, `--datadir=${join(directory, 'data')}`, '--skip-test-db',
        '--auth-root-authentication-method=normal',
      ]); // prettier-ignore
      if (made.status !== 0)
        throw new Error(`mariadb-install-db: ${String(made.stdout)}${String(made.stderr)}`);
    },
  });
  return { ...server, ...account };
}
