import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as Mongo from 'mongodb';
import { nearestPackage } from '../../../src/package-json.js';
import { freePort, type ChildServer } from '../../support/child-server.js';
import { startMongoJava, startMongoMock, type MongoMock, type Reply } from '../../support/mongo.js';
import { test } from './hooked.js';

const { counted } = test;

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, n) => all + n, 0);

for (const name of ['mongodb', 'mongodb6', 'mongodb6-oldest']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  const mongodb = require(name) as typeof Mongo;
  const { BSON, MongoClient } = mongodb;

  describe(`mongodb ${version}`, () => {
    const opened: Mongo.MongoClient[] = [];
    const open = (
      port: number,
      options: Mongo.MongoClientOptions = {},
      database = 'shop',
    ): Mongo.MongoClient => {
      const client = new MongoClient(`mongodb://127.0.0.1:${port}/${database}`, options);
      opened.push(client);
      return client;
    };

    beforeEach(() => void counted());
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((client) => client.close(true)));
      assert.deepEqual([test.errors, test.warnings], [[], []]);
    });

    describe('against mongo-java-server', () => {
      let server: ChildServer;
      before(async function () {
        server = await startMongoJava(this);
      });
      after(() => server?.stop());

      it('counts commands by name and collection, a cursor by each of its batches', async () => {
        const client = open(server.port);
        const users = client.db().collection<{ _id: number; name?: string }>('users');
        await users.deleteMany({});
        await users.insertMany([1, 2, 3, 4, 5].map((_id) => ({ _id })));
        assert.equal((await users.find({}, { batchSize: 2 }).toArray()).length, 5);
        assert.deepEqual(await users.findOne({ _id: 2 }), { _id: 2 });
        await users.updateOne({ _id: 1 }, { $set: { name: 'Ada' } });
        await users.bulkWrite([
          { insertOne: { document: { _id: 6 } } },
          { deleteOne: { filter: { _id: 6 } } },
        ]);
        assert.equal(await users.countDocuments(), 5);
        assert.equal((await users.distinct('name')).length, 1);
        await client.db().command({ ping: 1 });
        const all = counted();
        assert.deepEqual(all, {
          'delete users success': 2, 'insert users success': 2, 'find users success': 2, 'getMore users success': 2,
          'update users success': 1, 'aggregate users success': 1, 'distinct users success': 1,
        }); // prettier-ignore
      });

      it('counts errors once: of the server, of a constraint, of a bulk', async () => {
        const client = open(server.port);
        const users = client.db().collection<{ _id: number }>('users');
        await users.deleteMany({});
        await users.insertOne({ _id: 1 });
        counted();
        const error: unknown = await users.insertOne({ _id: 1 }).catch((failure: unknown) => failure);
        assert.equal((error as Mongo.MongoServerError).code, 11000);
        await assert.rejects(users.bulkWrite([{ insertOne: { document: { _id: 1 } } }]), { code: 11000 });
        await assert.rejects(client.db().command({ nonsense: 1 }), mongodb.MongoServerError);
        await assert.rejects(users.find({ $nonsense: 1 } as never).toArray(), mongodb.MongoServerError);
        assert.deepEqual(counted(), { 'insert users error': 2, 'nonsense error': 1, 'find users error': 1 });
      });

      it('reads each pool by itself, after errors, after its end', async () => {
        const inUse = () => test.inUse(`127.0.0.1:${server.port}/`);
        const idle = () => test.idle(`127.0.0.1:${server.port}/`);
        const clients = ['one', 'two', 'named'].map((database) =>
          open(server.port, { minPoolSize: 1 }, database),
        );
        await Promise.all(clients.map((client) => client.connect()));
        assert.deepEqual([inUse()['one'], inUse()['two'], test.inUse('main')], [0, 0, { '': 0 }]);
        const [one, two] = clients as [Mongo.MongoClient, Mongo.MongoClient, Mongo.MongoClient];
        const asked = [1, 2, 3].map(() => one.db().collection('users').find().toArray());
        while (inUse()['one'] === 0) await new Promise(setImmediate);
        assert.equal(inUse()['two'], 0);
        await Promise.all(asked);
        await assert.rejects(two.db().command({ nonsense: 1 }));
        assert.deepEqual([inUse()['one'], inUse()['two']], [0, 0]);
        assert.ok((idle()['one'] ?? 0) > 0 && (idle()['two'] ?? 0) > 0);
        await one.close();
        assert.deepEqual([inUse()['one'], inUse()['two']], [0, 0]);
        assert.equal(idle()['one'], 0);
      });
    });

    describe('against a mock', () => {
      let mock: MongoMock;
      let reply: Reply;
      const ok = { ok: 1 };
      const found = (batch: object[]) => ({
        ok: 1,
        cursor: { id: mongodb.Long.ZERO, ns: 'shop.users', firstBatch: batch },
      });
      before(async () => {
        mock = await startMongoMock(BSON as never, (command, command_) => reply(command, command_));
      });
      after(() => mock?.stop());
      beforeEach(() => void (reply = () => ok));

      it('counts the commands of transactions', async () => {
        reply = (_command, asked) => (asked === 'insert' ? { ok: 1, n: 1 } : ok);
        const client = open(mock.port);
        await client.withSession((session) =>
          session.withTransaction(() => client.db().collection('users').insertOne({ a: 1 }, { session })),
        );
        await assert.rejects(
          client.withSession((session) =>
            session.withTransaction(async () => {
              await client.db().collection('users').insertOne({ a: 1 }, { session });
              throw new Error('changed my mind');
            }),
          ),
          /changed my mind/,
        );
        await client.close();
        assert.deepEqual(counted(), {
          'insert users success': 2, 'commitTransaction success': 1, 'abortTransaction success': 1,
        }); // prettier-ignore
      });

      it('counts a write concern that failed', async () => {
        reply = () => ({
          ok: 1,
          n: 1,
          writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' },
        });
        const error: unknown = await open(mock.port)
          .db()
          .collection('users')
          .insertOne({ a: 1 })
          .catch((e: unknown) => e);
        assert.equal((error as Mongo.MongoWriteConcernError).code, 64);
        assert.deepEqual(counted(), { 'insert users error': 1 });
      });

      it('times a command from its sending to its reply', async () => {
        const client = open(mock.port);
        await client.connect();
        reply = () => {
          test.advance(2);
          return found([]);
        };
        const begun = test.sum('intelia_db_query_duration_seconds', { operation: 'find' }) ?? 0;
        await client.db().collection('users').find().toArray();
        assert.equal((test.sum('intelia_db_query_duration_seconds', { operation: 'find' }) ?? 0) - begun, 2);
        counted();
      });

      it('counts what the server ends for its time, and what its caller takes back', async () => {
        const users = open(mock.port, { retryReads: false }).db().collection('users');
        reply = () => ({
          ok: 0,
          code: 50,
          codeName: 'MaxTimeMSExpired',
          errmsg: 'operation exceeded time limit',
        });
        await assert.rejects(users.find({}, { maxTimeMS: 1 }).toArray(), { code: 50 });
        assert.deepEqual(counted(), { 'find users error': 1 });
        // Since 6.13.
        if (name === 'mongodb6-oldest') return;
        const controller = new AbortController();
        reply = () => {
          setImmediate(() => controller.abort());
          return undefined;
        };
        await assert.rejects(users.find({}, { signal: controller.signal }).toArray(), /abort/i);
        assert.deepEqual(counted(), { 'find users error': 1 });
      });

      it('counts what gets no answer: timed out, cut off', async () => {
        const client = open(mock.port, { retryReads: false, socketTimeoutMS: 300 });
        const users = client.db().collection('users');
        reply = () => undefined;
        await assert.rejects(users.find().toArray(), mongodb.MongoNetworkTimeoutError);
        reply = () => 'cut';
        await assert.rejects(users.find().toArray(), mongodb.MongoNetworkError);
        assert.deepEqual(counted(), { 'find users error': 2 });
      });

      it('counts what gets no connection: refused, pool exhausted, closed', async () => {
        const refused = open(await freePort(), { serverSelectionTimeoutMS: 20 });
        const error: unknown = await refused
          .db()
          .collection('users')
          .find()
          .toArray()
          .catch((e: unknown) => e);
        assert.ok(error instanceof mongodb.MongoServerSelectionError);
        const full = open(mock.port, {
          maxPoolSize: 1,
          waitQueueTimeoutMS: 200,
          socketTimeoutMS: 1000,
          retryReads: false,
        });
        await full.connect();
        const users = full.db().collection('users');
        reply = (_command, asked) => (asked === 'find' ? undefined : ok);
        const stuck = assert.rejects(users.find().toArray());
        const inUse = () => test.inUse(`127.0.0.1:${mock.port}/shop`);
        while (!Object.values(inUse()).includes(1)) await new Promise(setImmediate);
        await assert.rejects(users.insertOne({ a: 1 }), { name: 'MongoWaitQueueTimeoutError' });
        const all = counted();
        // Of a client that never connected, cursors of the first 6.0 tell nobody.
        const isOldest = name === 'mongodb6-oldest';
        if (!isOldest) assert.deepEqual(all, { 'find users error': 1, 'insert users error': 1 });
        assert.equal(sum(all), isOldest ? 1 : 2);
        await stuck;
        await full.close(true);
        assert.equal(sum(inUse()), 0);
        counted();
        await assert.rejects(users.insertOne({ a: 1 }));
        assert.equal(sum(counted()), 1);
      });
    });

    it('shows no user and no password', async () => {
      const client = new MongoClient('mongodb://bob:hunter2@127.0.0.1:1/secret', {
        serverSelectionTimeoutMS: 20,
      });
      await assert.rejects(client.connect());
      test.collect();
      const shown = Object.keys(test.series('intelia_db_connections_active')).join();
      assert.ok(shown.includes('127.0.0.1:1/secret') && !/bob|hunter2/.test(shown), shown);
      await client.close();
    });
  });
}
