/** Every database driver we know how to listen to. Each hook waits for its library to load; none loads one. */
import type { Hook } from '../context.js';
import { hookBetterSqlite3 } from './better-sqlite3.js';
import { hookIoredis } from './ioredis.js';
import { hookLibsql } from './libsql.js';
import { hookMariadb } from './mariadb.js';
import { hookMongodb } from './mongodb.js';
import { hookMysql } from './mysql.js';
import { hookMysql2 } from './mysql2.js';
import { hookNodeSqlite } from './node-sqlite.js';
import { hookPg } from './pg.js';
import { hookPostgresJs } from './postgres-js.js';
import { hookRedis } from './redis.js';
import { hookDbSpans } from './spans.js';
import { hookSqlite3 } from './sqlite3.js';
import { hookTedious } from './tedious.js';

export const DATABASE_HOOKS: readonly Hook[] = [
  hookPg,
  hookPostgresJs,
  hookMysql2,
  hookMysql,
  hookMariadb,
  hookIoredis,
  hookRedis,
  hookMongodb,
  hookBetterSqlite3,
  hookNodeSqlite,
  hookSqlite3,
  hookLibsql,
  hookTedious,
  hookDbSpans,
];
