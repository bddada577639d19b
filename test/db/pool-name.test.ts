import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pgAddress, poolName, type PoolOptions } from '../../src/db/pool-name.js';

const nothing = { host: undefined, port: undefined, database: undefined };
const name = (
  options: PoolOptions,
  defaults: Partial<Record<'host' | 'port' | 'database', string>> = {},
  names = {},
) => poolName(pgAddress(options, { ...nothing, ...defaults }), names);

describe('pool names', () => {
  const cases: [PoolOptions, string][] = [
    [{}, 'localhost:5432'],
    [{ host: 'db.internal', port: 6432, database: 'app' }, 'db.internal:6432/app'],
    [{ connectionString: 'postgres://bob:hunter2@db.internal/app' }, 'db.internal:5432/app'],
    [
      { connectionString: 'postgresql://bob:hunter2@db.internal:6432/app?sslmode=require' },
      'db.internal:6432/app',
    ],
    [
      { connectionString: 'postgres://db.internal/app', host: 'other', database: 'less' },
      'db.internal:5432/app',
    ],
    [{ connectionString: 'postgres:///app', host: 'other' }, 'other:5432/app'],
    [{ connectionString: 'postgres://bob@%2Fvar%2Frun/app' }, '/var/run:5432/app'],
    [{ connectionString: 'postgres:///app?host=/tmp&port=6000' }, '/tmp:6000/app'],
    [{ connectionString: '/var/run/postgresql app' }, '/var/run/postgresql:5432/app'],
    [{ connectionString: 'socket:/tmp/?db=app' }, '/tmp/:5432/app'],
    [{ connectionString: 'postgres://bob:12/34@db/app' }, 'unknown'],
    [{ connectionString: 'postgres://bob:hun/ter2@db/app' }, 'unknown'],
    [{ connectionString: 'host=db user=bob password=hunter2' }, 'unknown'],
    [{ host: 12, port: null, database: {} }, '12:5432'],
  ];
  for (const [options, expected] of cases) {
    it(`${JSON.stringify(options)} is ${expected}`, () => assert.equal(name(options), expected));
  }

  it('takes what pg takes from the environment', () => {
    const defaults = { host: 'pg.internal', port: '6543', database: 'app' };
    assert.equal(name({}, defaults), 'pg.internal:6543/app');
    assert.equal(name({ database: 'other' }, defaults), 'pg.internal:6543/other');
  });

  it('takes the operator’s names, with the port first', () => {
    const names = { 'db/app': 'main', 'db:6432/app': 'pooled' };
    assert.equal(name({ host: 'db', database: 'app' }, {}, names), 'main');
    assert.equal(name({ host: 'db', port: 6432, database: 'app' }, {}, names), 'pooled');
  });

  it('never shows a user or a password', () => {
    const part = fc.string({ unit: fc.constantFrom(...'ab1/:?#@% '), minLength: 1, maxLength: 8 });
    const secret = part.map((text) => `SECRET${text}SECRET`);
    fc.assert(
      fc.property(secret, secret, (user, password) => {
        const shown = name({ connectionString: `postgres://${user}:${password}@db/app` });
        assert.ok(!shown.toUpperCase().includes('SECRET'), shown);
      }),
    );
  });
});
