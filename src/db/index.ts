/** Every database driver we know how to listen to. Each hook waits for its library to load; none loads one. */
import type { Hook } from '../context.js';
import { hookBetterSqlite3 } from './drivers/better-sqlite3.js';
import { hookIoredis } from './drivers/ioredis.js';
import { hookLibsql } from './drivers/libsql.js';
import { hookMariadb } from './drivers/mariadb.js';
import { hookMongodb } from './drivers/mongodb.js';
import { hookMysql } from './drivers/mysql.js';
import { hookMysql2 } from './drivers/mysql2.js';
import { hookNodeSqlite } from './drivers/node-sqlite.js';
import { hookPg } from './drivers/pg.js';
import { hookPostgresJs } from './drivers/postgres-js.js';
import { hookRedis } from './drivers/redis.js';
import { hookDbSpans } from './spans.js';
import { hookSqlite3 } from './drivers/sqlite3.js';
import { hookTedious } from './drivers/tedious.js';

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
