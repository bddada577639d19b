import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { hookIoredis } from '../../../src/db/drivers/ioredis.js';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort, type ChildServer } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { SLOT_OF_A, startRedis, startRedisCluster, type RedisCluster } from '../../support/redis.js';

const test = dbCounts([hookIoredis]);
const { counted } = test;

for (const name of ['ioredis', 'ioredis5', 'ioredis4']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  const loaded = require(name) as { default: typeof Redis & { Cluster: typeof Cluster } };
  const { default: IORedis } = loaded;

  describe(`ioredis ${version}`, () => {
    let server: ChildServer;
    let clustered: RedisCluster;
    let redis: Redis;
    const opened: (Redis | Cluster)[] = [];
    const open = (options: RedisOptions = {}): Redis => {
      const made = new IORedis({ host: server.host, port: server.port, ...options });
      made.on('error', () => {});
      opened.push(made);
      return made;
    };

    before(async function () {
      server = await startRedis(this);
      clustered = await startRedisCluster(this);
      redis = open();
    });
    after(async () => {
      for (const each of opened) each.disconnect();
      await server?.stop();
      await clustered?.stop();
    });
    beforeEach(() => void counted());
    afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

    it('counts commands, not what keeps the connection up', async () => {
      assert.equal(await redis.set('a', '1'), 'OK');
      assert.equal(await redis.get('a'), '1');
      assert.equal(
        await new Promise((resolve) => void redis.get('a', (_error, value) => resolve(value))),
        '1',
      );
      await redis.call('get', 'a');
      await redis.ping();
      await redis.select(0);
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 3 });
    });

    it('counts each command of a pipeline and of MULTI, and an EXEC with an error among its replies', async () => {
      const replies = await redis.pipeline().set('a', 'x').get('a').lpush('a', '1').exec();
      assert.equal(replies?.length, 3);
      assert.match(String(replies?.[2]?.[0]), /WRONGTYPE/);
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 1, 'LPUSH error': 1 });
      await redis.multi().incr('n').incr('n').exec();
      assert.deepEqual(counted(), { 'MULTI success': 1, 'INCR success': 2, 'EXEC success': 1 });
      await redis.multi().lpush('a', '1').exec();
      assert.equal(counted()['EXEC error'], 1);
    });

    it('counts errors once, and gives the caller its own', async () => {
      const promise = redis.lpush('a', '1');
      const error: unknown = await promise.catch((failure: unknown) => failure);
      assert.match(String(error), /^ReplyError: WRONGTYPE/);
      assert.equal(await promise.catch((failure: unknown) => failure), error);
      await assert.rejects(redis.call('nonsense'), /unknown command/);
      assert.deepEqual(counted(), { 'LPUSH error': 1, 'NONSENSE error': 1 });
    });

    it('leaves a rejection that nobody handles unhandled', async () => {
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
      void redis.lpush('a', '1');
      assert.match(String(await unhandled), /WRONGTYPE/);
      for (const listener of listeners) process.on('unhandledRejection', listener);
      assert.deepEqual(counted(), { 'LPUSH error': 1 });
    });

    it('does not count what waits: subscriptions and blocking commands', async () => {
      const subscriber = open();
      await subscriber.subscribe('news');
      const heard = new Promise((resolve) => subscriber.once('message', (_channel, text) => resolve(text)));
      await redis.publish('news', 'hello');
      assert.equal(await heard, 'hello');
      await subscriber.unsubscribe('news');
      const blocked = open();
      const popped = blocked.blpop('list', 5);
      await redis.rpush('list', 'a');
      assert.deepEqual(await popped, ['list', 'a']);
      await blocked.call('XREAD', 'BLOCK', '1', 'STREAMS', 'stream', '$');
      await redis.call('XREAD', 'STREAMS', 'stream', '0');
      assert.deepEqual(counted(), { 'PUBLISH success': 1, 'RPUSH success': 1, 'XREAD success': 1 });
    });

    it('counts a script once, also when the server has to be told it first', async () => {
      redis.defineCommand('twice', { numberOfKeys: 1, lua: 'return redis.call("incrby", KEYS[1], 2)' });
      const twice = () => (redis as unknown as { twice: (key: string) => Promise<number> }).twice('t');
      assert.deepEqual([await twice(), await twice()], [2, 4]);
      const { 'EVAL success': whole = 0, 'EVALSHA success': known, ...others } = counted();
      assert.deepEqual([whole + (known ?? 0), others], [2, {}]);
    });

    it('counts commands that are sent together by themselves, and those of an open MULTI', async () => {
      const together = open({ enableAutoPipelining: true });
      await together.set('a', '1');
      assert.deepEqual(await Promise.all([together.get('a'), together.get('a')]), ['1', '1']);
      await assert.rejects(together.lpush('a', '1'), /WRONGTYPE/);
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 2, 'LPUSH error': 1 });
      const single = open();
      await single.multi({ pipeline: false });
      await single.incr('n');
      await single.exec();
      assert.deepEqual(counted(), { 'MULTI success': 1, 'INCR success': 1, 'EXEC success': 1 });
    });

    it('times a command from the call to its reply', async () => {
      const begun = test.sum('intelia_db_query_duration_seconds', { operation: 'GET' }) ?? 0;
      const asked = redis.get('a');
      test.advance(2);
      await asked;
      assert.equal((test.sum('intelia_db_query_duration_seconds', { operation: 'GET' }) ?? 0) - begun, 2);
      counted();
    });

    it('counts what gets no answer: refused, timed out, closed', async () => {
      const refused = open({ port: await freePort(), maxRetriesPerRequest: 0 });
      await assert.rejects(refused.get('a'), /max retries/);
      const late = open({ commandTimeout: 500 });
      await late.set('a', '1');
      await redis.call('CLIENT', 'PAUSE', '5000');
      await assert.rejects(late.get('a'), /timed out/);
      late.disconnect();
      redis.disconnect();
      await new Promise((resolve) => redis.once('end', resolve));
      await assert.rejects(redis.get('a'), /closed/);
      assert.deepEqual(counted(), { 'SET success': 1, 'GET error': 3 });
    });

    it('counts commands of a cluster once', async () => {
      const [port] = clustered.ports;
      const node = open({ port });
      const cluster = new IORedis.Cluster([{ host: '127.0.0.1', port }]);
      opened.push(cluster);
      cluster.on('error', () => {});
      await cluster.set('a', '1');
      assert.equal(await cluster.get('a'), '1');
      await assert.rejects(cluster.lpush('a', '1'), /WRONGTYPE/);
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 1, 'LPUSH error': 1 });
      await cluster.pipeline().get('a').lpush('a', '1').exec();
      assert.deepEqual(counted(), { 'GET success': 1, 'LPUSH error': 1 });
      await cluster.multi().incr('n').exec();
      assert.deepEqual(counted(), { 'MULTI success': 1, 'INCR success': 1, 'EXEC success': 1 });
      const heard = new Promise((resolve) => cluster.once('message', (_channel, text) => resolve(text)));
      await cluster.subscribe('news');
      await node.publish('news', 'hello');
      assert.equal(await heard, 'hello');
      assert.deepEqual(counted(), { 'PUBLISH success': 1 });
      await cluster.del('a');
      await clustered.give(SLOT_OF_A, 0);
      await cluster.set('a', '3');
      assert.equal(await cluster.get('a'), '3');
      await cluster.del('a');
      await clustered.give(SLOT_OF_A, 1);
      await cluster.pipeline().set('a', '4').get('a').exec();
      assert.deepEqual(counted(), { 'DEL success': 2, 'SET success': 2, 'GET success': 2 });
    });

    it('counts what a node of a cluster refuses to a client that is none of a cluster', async () => {
      const node = open({ port: clustered.ports[0] });
      await assert.rejects(node.get('a'), /^ReplyError: MOVED/);
      const [[error]] = (await node.pipeline().get('a').exec()) as [[Error]];
      assert.match(error.message, /^MOVED/);
      assert.deepEqual(counted(), { 'GET error': 2 });
    });
  });
}
