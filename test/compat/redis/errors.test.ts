/** A failed command of each Redis client is one `db_error`, alone and in a transaction. */
import type { ChildServer } from '../../support/child-server.js';
import { assertErrors } from '../../support/error-totals.js';
import { startRedis } from '../../support/redis.js';

/** Each sends one command that succeeds and one that fails, and handles that. */
const CLIENTS = {
  'ioredis': `
    const client = new (require('ioredis'))(port);
    await client.set('name', 'Ada');
    await client.incr('name').catch(() => {});
    await client.quit();`,
  'ioredis, in a pipeline': `
    const client = new (require('ioredis'))(port);
    await client.pipeline().set('name', 'Ada').incr('name').exec();
    await client.quit();`,
  'redis': `
    const client = await require('redis').createClient({ url: 'redis://127.0.0.1:' + port }).connect();
    await client.set('name', 'Ada');
    await client.incr('name').catch(() => {});
    await client.quit();`,
}; // prettier-ignore

describe('errors of Redis clients, from the door', () => {
  let redis: ChildServer;
  before(async function () {
    redis = await startRedis(this);
  });
  after(() => redis?.stop());

  for (const [name, app] of Object.entries(CLIENTS)) {
    it(name, () => {
      const code = `const port = ${redis.port}; (async () => {${app}})();`;
      return assertErrors({ code, cwd: __dirname }, { 'db_error error': 1 });
    });
  }
});
