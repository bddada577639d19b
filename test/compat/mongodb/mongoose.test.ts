import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as Mongoose from 'mongoose';
import { nearestPackage } from '../../../src/package-json.js';
import type { ChildServer } from '../../support/child-server.js';
import { startMongoJava } from '../../support/mongo.js';
import { test } from './hooked.js';

const { counted } = test;

for (const name of ['mongoose', 'mongoose8']) {
  const { version } = nearestPackage(join(__dirname, 'node_modules', name));
  const mongoose = require(name) as typeof Mongoose;

  describe(`mongoose ${version}`, () => {
    let server: ChildServer;
    let connection: Mongoose.Connection;
    before(async function () {
      server = await startMongoJava(this);
      connection = await mongoose.createConnection(`mongodb://127.0.0.1:${server.port}/shop`).asPromise();
    });
    after(async () => {
      await connection?.close();
      await server?.stop();
      assert.deepEqual([test.errors, test.warnings], [[], []]);
    });

    it('counts what its driver sends, once', async () => {
      const User = connection.model(
        'User',
        new mongoose.Schema({ _id: Number, name: String }, { autoIndex: false }),
      );
      await User.init();
      counted();
      await User.insertMany([1, 2, 3, 4, 5].map((_id) => ({ _id, name: `user ${_id}` })));
      assert.equal((await User.find().sort('_id').lean())[1]?.name, 'user 2');
      const found = await User.findById(1);
      assert.ok(found);
      found.name = 'Ada L.';
      await found.save();
      assert.equal((await User.aggregate([{ $match: { _id: 1 } }])).length, 1);
      const names: unknown[] = [];
      for await (const user of User.find().batchSize(2).cursor()) names.push(user.name);
      assert.equal(names.length, 5);
      await User.deleteOne({ _id: 2 });
      await assert.rejects(User.create({ _id: 1 }), { code: 11000 });
      assert.deepEqual(counted(), {
        'insert users success': 1, 'find users success': 3, 'getMore users success': 2, 'update users success': 1, 'aggregate users success': 1,
        'delete users success': 1, 'insert users error': 1,
      }); // prettier-ignore
      test.collect();
      assert.equal(test.value('intelia_db_connections_active', { pool: `127.0.0.1:${server.port}/shop` }), 0);
    });
  });
}
