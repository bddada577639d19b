import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type * as Redis from 'redis';
import { hookRedis } from '../../../src/db/drivers/redis.js';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort, type ChildServer } from '../../support/child-server.js';
import { dbCounts } from '../../support/db-counts.js';
import { SLOT_OF_A, startRedis, startRedisCluster, type RedisCluster } from '../../support/redis.js';

const aborting = () => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
};

const test = dbCounts([hookRedis], '127.0.0.1/7=sessions');
const { counted } = test;

const NAMES = ['redis', 'redis5', 'redis4'];

// Before any of them makes a cluster: after that, whose answer it was is not known.
describe('redis without a cluster of its own', () => {
  let clustered: RedisCluster;
  before(async function () {
    clustered = await startRedisCluster(this);
  });
  after(() => clustered?.stop());

  for (const name of NAMES) {
    it(`counts what a node of a cluster refuses it: ${name}`, async () => {
      const { createClient } = require(name) as typeof Redis;
      const client = createClient({ socket: { host: '127.0.0.1', port: clustered.ports[0] } });
      await client.connect();
      counted();
      await assert.rejects(client.get('a'), { message: new RegExp(`^MOVED ${SLOT_OF_A}`) });
      assert.deepEqual(counted(), { 'GET error': 1 });
      await client.disconnect();
    });
  }
});

for (const name of NAMES) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  const { createClient, createCluster, createClientPool, WatchError } = require(name) as typeof Redis;

  describe(`redis ${version}`, () => {
    let server: ChildServer;
    let clustered: RedisCluster;
    let redis: Redis.RedisClientType;
    const opened: { isOpen: boolean; disconnect(): unknown }[] = [];
    const open = async (options: Redis.RedisClientOptions = {}): Promise<Redis.RedisClientType> => {
      const socket = { host: server.host, port: server.port, ...options.socket };
      const client = createClient({ ...options, socket } as object) as unknown as Redis.RedisClientType;
      client.on('error', () => {});
      opened.push(client);
      await client.connect();
      return client;
    };

    before(async function () {
      server = await startRedis(this);
      clustered = await startRedisCluster(this);
      redis = await open();
    });
    after(async () => {
      for (const each of opened) if (each.isOpen) each.disconnect();
      await server?.stop();
      await clustered?.stop();
    });
    beforeEach(() => void counted());
    afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

    it('counts commands, not what keeps the connection up', async () => {
      assert.equal(await redis.set('a', '1'), 'OK');
      assert.equal(await redis.get('a'), '1');
      assert.equal(await redis.sendCommand(['get', 'a']), '1');
      await redis.ping();
      await redis.select(0);
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 2 });
    });

    it('counts each command of a pipeline and of MULTI, and an EXEC with an error among its replies', async () => {
      await redis.multi().set('a', 'x').get('a').execAsPipeline();
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 1 });
      await redis.multi().incr('n').incr('n').exec();
      assert.deepEqual(counted(), { 'MULTI success': 1, 'INCR success': 2, 'EXEC success': 1 });
      await redis
        .multi()
        .lPush('a', '1')
        .exec()
        .catch(() => {});
      assert.equal(counted()['EXEC error'], 1);
      await redis.watch('n');
      await redis.incr('n');
      await assert.rejects(redis.multi().incr('n').exec(), WatchError);
      counted();
    });

    it('counts errors once, and gives the caller its own', async () => {
      const promise = redis.lPush('a', '1');
      const error: unknown = await promise.catch((failure: unknown) => failure);
      assert.match(String(error), /WRONGTYPE/);
      assert.equal(await promise.catch((failure: unknown) => failure), error);
      await assert.rejects(redis.sendCommand(['nonsense']), /unknown command/);
      await assert.rejects(async () => redis.set('a', {} as never), TypeError);
      const { 'LPUSH error': wrong, 'NONSENSE error': unknown } = counted();
      assert.deepEqual([wrong, unknown], [1, 1]);
    });

    it('leaves a rejection that nobody handles unhandled', async () => {
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      const told: string[] = [];
      const listen = (error: unknown): void => void told.push(String(error));
      process.on('unhandledRejection', listen);
      void redis.lPush('a', '1');
      void redis.sendCommand(['LPUSH', 'a', '1']);
      while (told.length < 2) await setTimeout(1);
      await setTimeout(5);
      process.removeListener('unhandledRejection', listen);
      for (const listener of listeners) process.on('unhandledRejection', listener);
      assert.equal(told.filter((text) => text.includes('WRONGTYPE')).length, 2);
      assert.equal(told.length, 2);
      assert.deepEqual(counted(), { 'LPUSH error': 2 });
    });

    it('does not count what waits: subscriptions and blocking commands', async () => {
      const subscriber = await open();
      const heard = new Promise((resolve) => void subscriber.subscribe('news', resolve));
      await subscriber.pSubscribe('new*', () => {});
      await redis.publish('news', 'hello');
      assert.equal(await heard, 'hello');
      await subscriber.unsubscribe('news');
      const blocked = await open();
      const popped = blocked.blPop('list', 5);
      await redis.rPush('list', 'a');
      assert.deepEqual({ ...(await popped) }, { key: 'list', element: 'a' });
      await blocked.xRead({ key: 'stream', id: '$' }, { BLOCK: 1 });
      await redis.xRead({ key: 'stream', id: '0' });
      assert.deepEqual(counted(), { 'PUBLISH success': 1, 'RPUSH success': 1, 'XREAD success': 1 });
    });

    it('times a command from the call to its reply', async () => {
      const begun = test.sum('intelia_db_query_duration_seconds', { operation: 'GET' }) ?? 0;
      const asked = redis.get('a');
      test.advance(2);
      await asked;
      assert.equal((test.sum('intelia_db_query_duration_seconds', { operation: 'GET' }) ?? 0) - begun, 2);
      counted();
    });

    it('counts what gets no answer: aborted, lost, closed', async () => {
      const lost = await open({ socket: { reconnectStrategy: false } } as Redis.RedisClientOptions);
      const id = await lost.sendCommand<number>(['CLIENT', 'ID']);
      await redis.sendCommand(['CLIENT', 'PAUSE', '60']);
      const waiting = assert.rejects(lost.get('a'));
      await redis.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]);
      await waiting;
      assert.deepEqual(counted(), { 'GET error': 1 });
      const closed = await open();
      await closed.disconnect();
      await assert.rejects(closed.get('a'), /closed/);
      await assert.rejects(closed.sendCommand(['GET', 'a']), /closed/);
      await assert.rejects(closed.multi().get('a').set('a', '1').exec(), /closed/);
      assert.deepEqual(counted(), { 'GET error': 3, 'SET error': 1 });
      const offline = createClient({
        socket: { port: await freePort(), reconnectStrategy: () => 5 },
        disableOfflineQueue: true,
      });
      offline.on('error', () => {});
      void offline.connect().catch(() => {});
      await assert.rejects(offline.get('a'), /offline/);
      assert.deepEqual(counted(), { 'GET error': 1 });
      await offline.disconnect();
    });

    it('counts what waits for a connection that is refused, and what is taken back', async () => {
      const refused = createClient({ socket: { port: await freePort(), reconnectStrategy: false } });
      refused.on('error', () => {});
      const connecting = refused.connect().catch(() => {});
      await assert.rejects(refused.get('a'));
      await connecting;
      const waiting = createClient({ socket: { port: await freePort(), reconnectStrategy: () => 5 } });
      waiting.on('error', () => {});
      void waiting.connect().catch(() => {});
      const { signal, abort } = aborting();
      const taken =
        name === 'redis4'
          ? waiting.sendCommand(['GET', 'a'], { signal } as object)
          : (waiting as any).withAbortSignal(signal).get('a');
      abort();
      await assert.rejects(taken, /abort/i);
      await waiting.disconnect();
      assert.deepEqual(counted(), { 'GET error': 2 });
    });

    it('counts each command of a pipeline that fails', async () => {
      await redis.set('a', 'x');
      await assert.rejects(redis.multi().get('a').lPush('a', '1').execAsPipeline());
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 1, 'LPUSH error': 1 });
    });

    it('counts commands of a cluster once', async () => {
      const [port] = clustered.ports;
      const cluster = createCluster({ rootNodes: [{ socket: { host: '127.0.0.1', port } }] });
      cluster.on('error', () => {});
      await cluster.connect();
      await cluster.set('a', '1');
      assert.equal(await cluster.get('a'), '1');
      await assert.rejects(cluster.lPush('a', '1'), /WRONGTYPE/);
      assert.deepEqual(counted(), { 'SET success': 1, 'GET success': 1, 'LPUSH error': 1 });
      await cluster.multi().set('a', '2').get('a').exec();
      await cluster.multi().set('a', '2').get('a').execAsPipeline();
      assert.deepEqual(counted(), {
        'MULTI success': 1, 'SET success': 2, 'GET success': 2, 'EXEC success': 1,
      }); // prettier-ignore
      const heard = new Promise((resolve) => void cluster.subscribe('news', resolve));
      while (Number(await cluster.publish('news', 'hello')) === 0) await setTimeout(1);
      assert.equal(await heard, 'hello');
      assert.deepEqual(Object.keys(counted()), ['PUBLISH success']);
      await cluster.del('a');
      await clustered.give(SLOT_OF_A, 0);
      await cluster.set('a', '3');
      assert.equal(await cluster.get('a'), '3');
      assert.deepEqual(counted(), { 'DEL success': 1, 'SET success': 1, 'GET success': 1 });
      await cluster.disconnect();
    });

    if (createClientPool === undefined) return;

    it('reads each pool by itself, and counts what gets no client', async () => {
      const inUse = () => test.inUse(`127.0.0.1:${server.port}`);
      const make = (database: number, options = {}) =>
        createClientPool(
          { url: `redis://default:pa55@127.0.0.1:${server.port}/${database}`, password: undefined as never },
          { maximum: 2, acquireTimeout: 200, ...options },
        ).on('error', () => {});
      await redis.sendCommand(['ACL', 'SETUSER', 'default', 'nopass']);
      const [one, two, named] = [make(1), make(2), make(7)];
      await Promise.all([one.connect(), two.connect()]);
      assert.deepEqual(inUse(), { '/1': 0, '/2': 0 });
      assert.deepEqual(test.inUse('sessions'), { '': 0 });
      let release = (): void => {};
      const held = new Promise<void>((resolve) => void (release = resolve));
      const work = [1, 2].map(() => one.execute(() => held));
      while (inUse()['/1'] !== 2) await setTimeout(1);
      await two.set('a', '1');
      assert.deepEqual([inUse()['/1'], inUse()['/2']], [2, 0]);
      const idle = () => test.idle(`127.0.0.1:${server.port}`);
      assert.deepEqual([idle()['/1'], idle()['/2']], [0, 1]);
      counted();
      await assert.rejects(one.get('a'), /Timeout waiting/);
      assert.deepEqual(counted(), { 'OTHER error': 1 });
      release();
      await Promise.all(work);
      assert.equal(await two.get('a'), '1');
      await assert.rejects(two.lPush('a', '1'), /WRONGTYPE/);
      await Promise.all([one.close(), two.close()]);
      await assert.rejects(two.get('a'), /closed/);
      assert.deepEqual(counted(), { 'GET success': 1, 'LPUSH error': 1, 'OTHER error': 1 });
      assert.deepEqual(inUse(), { '/1': 0, '/2': 0 });
      assert.deepEqual(idle(), { '/1': 0, '/2': 0 });
      named.destroy();
      assert.ok(
        !Object.keys(test.series('intelia_db_connections_active')).some((pool) => pool.includes('pa55')),
      );
    });
  });
}
