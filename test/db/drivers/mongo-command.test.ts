import assert from 'node:assert/strict';
import {
  isNeverSent,
  mongoCommand,
  mongoOperation,
  saysWriteErrors,
} from '../../../src/db/drivers/mongo-command.js';

describe('MongoDB commands', () => {
  const users = { db: 'shop', collection: 'users' };

  it('are named by their first key, and by the collection', () => {
    assert.deepEqual(mongoCommand({ find: 'users', filter: {} }, users), {
      operation: 'find',
      table: 'users',
    });
    assert.deepEqual(mongoCommand({ getMore: 7n, collection: 'users' }, users), {
      operation: 'getMore',
      table: 'users',
    });
    assert.deepEqual(mongoCommand({ aggregate: 1, pipeline: [] }, { db: 'shop' }), {
      operation: 'aggregate',
      table: '',
    });
    assert.deepEqual(mongoCommand({ listCollections: 1 }, { collection: '$cmd' }), {
      operation: 'listCollections',
      table: '',
    });
    for (const own of ['hello', 'isMaster', 'ping', 'saslStart', 'endSessions'])
      assert.equal(mongoCommand({ [own]: 1 }, users), undefined);
    assert.equal(mongoCommand({}, users), undefined);
  });

  it('that never went out are named by their operation', () => {
    assert.deepEqual(mongoOperation({ commandName: 'insert', ns: users }), {
      operation: 'insert',
      table: 'users',
    });
    const run = {
      commandName: 'runCommand',
      ns: { collection: '$cmd' },
      command: { distinct: 'users', key: 'a' },
    };
    assert.deepEqual(mongoOperation(run), { operation: 'distinct', table: 'users' });
    class FindOperation {
      readonly ns = users;
    }
    assert.deepEqual(mongoOperation(new FindOperation()), { operation: 'find', table: 'users' });
  });

  it('never went out by these errors', () => {
    for (const name of [
      'MongoServerSelectionError',
      'MongoWaitQueueTimeoutError',
      'PoolClearedOnNetworkError',
      'MongoPoolClosedError',
    ]) {
      assert.ok(isNeverSent({ name }), name);
    }
    assert.ok(isNeverSent({ name: 'MongoNetworkError', beforeHandshake: true }));
    assert.ok(
      isNeverSent({ name: 'MongoServerError', hasErrorLabel: (label: string) => label === 'HandshakeError' }),
    );
    for (const other of [{ name: 'MongoNetworkError' }, new Error('x'), undefined, null, 'text'])
      assert.ok(!isNeverSent(other));
  });

  it('fail by what their reply says', () => {
    assert.ok(saysWriteErrors({ ok: 1, writeErrors: [{ code: 11000 }] }));
    assert.ok(saysWriteErrors({ ok: 1, writeConcernError: { code: 64 } }));
    assert.ok(saysWriteErrors({ has: (key: string) => key === 'writeErrors' }));
    for (const fine of [{ ok: 1 }, { ok: 1, writeErrors: [] }, { has: () => false }, null, undefined, 1])
      assert.ok(!saysWriteErrors(fine));
  });
});
