import assert from 'node:assert/strict';
import { hookBetterSqlite3 } from '../../../src/db/drivers/better-sqlite3.js';
import { hookPg } from '../../../src/db/drivers/pg.js';
import { dbCounts } from '../../support/db-counts.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { generatePrisma, TABLES } from './prisma.js';

const test = dbCounts([hookPg, hookBetterSqlite3]);
const { counted } = test;

/** What each of them is made to do, in its own words. */
interface Work {
  find(id: number): Promise<{ name: string } | undefined | null>;
  insert(id: number, name: string): Promise<unknown>;
  update(id: number, name: string): Promise<unknown>;
  /** The name of the user of an order. */
  join(order: number): Promise<string | undefined>;
  count(): Promise<number>;
  /** Inserts, then fails. */
  transaction(): Promise<unknown>;
  remove(id: number): Promise<unknown>;
  close(): Promise<unknown>;
}

/**
 * `own` are the counts that differ, with what is asked beside the queries themselves; `hasPgPool` tells that connections
 * are in a pool of pg.
 */
function describeOrm(
  name: string,
  make: (server: TestPostgres) => Promise<Work> | Work,
  own: Partial<Record<keyof Work, object>> = {},
  hasPgPool = true,
): void {
  describe(name, () => {
    let server: TestPostgres;
    let work: Work;
    const expected = (step: keyof Work, counts: object): void =>
      assert.deepEqual(counted(), own[step] ?? counts, step);

    before(async () => {
      server = await startPostgres();
      const { Client } = require('pg');
      const client = new Client(server.url);
      await client.connect();
      for (const each of TABLES) await client.query(each);
      await client.end();
      work = await make(server);
      await work.count();
      counted();
    });
    after(async () => {
      await work?.close();
      await server.stop();
      assert.deepEqual([test.errors, test.warnings], [[], []]);
    });

    it('has each query counted once, with its operation and table', async () => {
      assert.equal((await work.find(1))?.name, 'Ada');
      expected('find', { 'SELECT users success': 1 });
      await work.insert(3, 'Eve');
      expected('insert', { 'INSERT users success': 1 });
      await work.update(3, 'Eva');
      expected('update', { 'UPDATE users success': 1 });
      assert.equal((await work.find(3))?.name, 'Eva');
      expected('find', { 'SELECT users success': 1 });
      assert.equal(await work.join(1), 'Bob');
      expected('join', { 'SELECT orders success': 1 });
      assert.equal(Number(await work.count()), 3);
      expected('count', { 'SELECT users success': 1 });
      await work.remove(3);
      expected('remove', { 'DELETE users success': 1 });
    });

    it(hasPgPool ? 'has its pool shown' : 'has no pool shown: it is none of pg', async () => {
      await work.count();
      counted();
      assert.deepEqual(test.inUse(`127.0.0.1:${server.port}/`), hasPgPool ? { postgres: 0 } : {});
    });

    it('has errors and transactions counted', async () => {
      const error: any = await work.insert(1, 'Ada').catch((failure: unknown) => failure);
      assert.ok(error instanceof Error);
      const failing = Object.entries(own.insert ?? { 'INSERT users success': 1 }).map(([key, n]) =>
        key.startsWith('INSERT')
          ? [key.replace('success', 'error'), n]
          : [key.replace('COMMIT', 'ROLLBACK'), n],
      );
      assert.deepEqual(counted(), Object.fromEntries(failing));
      await assert.rejects(work.transaction(), /undo/);
      expected('transaction', { 'BEGIN success': 1, 'INSERT users success': 1, 'ROLLBACK success': 1 });
      assert.equal(Number(await work.count()), 2);
    });
  });
}

const undo = (): never => {
  throw new Error('undo');
};

describeOrm(
  'Prisma 7.10 over @prisma/adapter-pg',
  ({ url }) => {
    generatePrisma();
    const { PrismaPg } = require('@prisma/adapter-pg');
    const { PrismaClient } = require('./.cache/prisma/client.ts');
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
    return {
      find: (id) => prisma.users.findUnique({ where: { id } }),
      insert: (id, name) => prisma.users.create({ data: { id, name } }),
      update: (id, name) => prisma.users.update({ where: { id }, data: { name } }),
      join: async (id) =>
        (await prisma.orders.findFirst({ where: { id }, include: { user: true } })).user.name,
      count: () => prisma.users.count(),
      transaction: () =>
        prisma.$transaction(async (inside: any) => {
          await inside.users.create({ data: { id: 9, name: 'x' } });
          undo();
        }),
      remove: (id) => prisma.users.delete({ where: { id } }),
      close: () => prisma.$disconnect(),
    };
  },
  {
    // It writes the schema to each table, and asks for what it includes with a query of its own.
    find: { 'SELECT public.users success': 1 },
    insert: { 'INSERT public.users success': 1 },
    update: { 'UPDATE public.users success': 1 },
    join: { 'SELECT public.orders success': 1, 'SELECT public.users success': 1 },
    count: { 'SELECT public.users success': 1 },
    transaction: { 'BEGIN success': 1, 'INSERT public.users success': 1, 'ROLLBACK success': 1 },
    remove: { 'DELETE public.users success': 1 },
  },
);

describeOrm('Drizzle 0.45 over pg', ({ url }) => {
  const { Pool } = require('pg');
  const { drizzle } = require('drizzle-orm/node-postgres');
  const { pgTable, integer, varchar } = require('drizzle-orm/pg-core');
  const { eq } = require('drizzle-orm');
  const users = pgTable('users', { id: integer('id').primaryKey(), name: varchar('name') });
  const orders = pgTable('orders', { id: integer('id').primaryKey(), userId: integer('user_id') });
  const pool = new Pool({ connectionString: url });
  const db = drizzle(pool);
  return {
    find: async (id) => (await db.select().from(users).where(eq(users.id, id)))[0],
    insert: async (id, name) => db.insert(users).values({ id, name }),
    update: async (id, name) => db.update(users).set({ name }).where(eq(users.id, id)),
    join: async (id) =>
      (
        await db
          .select({ name: users.name })
          .from(orders)
          .innerJoin(users, eq(users.id, orders.userId))
          .where(eq(orders.id, id))
      )[0].name,
    count: () => db.$count(users),
    transaction: () =>
      db.transaction(async (inside: any) => {
        await inside.insert(users).values({ id: 9, name: 'x' });
        undo();
      }),
    remove: async (id) => db.delete(users).where(eq(users.id, id)),
    close: () => pool.end(),
  };
});

describeOrm(
  'Knex 3.3 over pg',
  ({ url }) => {
    const knex = require('knex')({ client: 'pg', connection: url });
    return {
      find: (id) => knex('users').where({ id }).first(),
      insert: (id, name) => knex('users').insert({ id, name }).then(),
      update: (id, name) => knex('users').where({ id }).update({ name }),
      join: async (id) =>
        (
          await knex('orders')
            .join('users', 'users.id', 'orders.user_id')
            .where('orders.id', id)
            .first('users.name')
        ).name,
      count: async () => (await knex('users').count())[0].count,
      transaction: () =>
        knex.transaction(async (inside: any) => {
          await inside('users').insert({ id: 9, name: 'x' });
          undo();
        }),
      remove: (id) => knex('users').where({ id }).delete(),
      close: () => knex.destroy(),
    };
  },
  {},
  false,
);

describeOrm('TypeORM 1.1 over pg', async ({ url }) => {
  const { DataSource, EntitySchema } = require('typeorm');
  const users = new EntitySchema({
    name: 'users',
    columns: { id: { type: 'int', primary: true }, name: { type: 'varchar' } },
  });
  const orders = new EntitySchema({
    name: 'orders',
    columns: { id: { type: 'int', primary: true } },
    relations: { user: { type: 'many-to-one', target: 'users', joinColumn: { name: 'user_id' } } },
  });
  const source = await new DataSource({ type: 'postgres', url, entities: [users, orders] }).initialize();
  const repository = source.getRepository('users');
  return {
    find: (id) => repository.findOneBy({ id }),
    insert: (id, name) => repository.insert({ id, name }),
    update: (id, name) => repository.update({ id }, { name }),
    join: async (id) =>
      (
        await source
          .getRepository('orders')
          .createQueryBuilder('o')
          .innerJoinAndSelect('o.user', 'u')
          .where({ id })
          .getOne()
      ).user.name,
    count: () => repository.count(),
    transaction: () =>
      source.transaction(async (inside: any) => {
        await inside.insert('users', { id: 9, name: 'x' });
        undo();
      }),
    remove: (id) => repository.delete({ id }),
    close: () => source.destroy(),
  };
});

describeOrm(
  'Sequelize 6.37 over pg',
  ({ url }) => {
    const { Sequelize, DataTypes } = require('sequelize');
    const sequelize = new Sequelize(url, { logging: false });
    const options = { timestamps: false, freezeTableName: true };
    const users = sequelize.define(
      'users',
      { id: { type: DataTypes.INTEGER, primaryKey: true }, name: DataTypes.STRING },
      options,
    );
    const orders = sequelize.define('orders', { id: { type: DataTypes.INTEGER, primaryKey: true } }, options);
    orders.belongsTo(users, { foreignKey: 'user_id', as: 'user' });
    return {
      find: (id) => users.findByPk(id),
      insert: (id, name) => users.create({ id, name }),
      update: (id, name) => users.update({ name }, { where: { id } }),
      join: async (id) => (await orders.findByPk(id, { include: 'user' })).user.name,
      count: () => users.count(),
      transaction: () =>
        sequelize.transaction(async (transaction: any) => {
          await users.create({ id: 9, name: 'x' }, { transaction });
          undo();
        }),
      remove: (id) => users.destroy({ where: { id } }),
      close: () => sequelize.close(),
    };
  },
  {},
  false,
);

describeOrm('Kysely 0.29 over pg', ({ url }) => {
  const { Kysely, PostgresDialect } = require('kysely');
  const { Pool } = require('pg');
  const pool = new Pool({ connectionString: url });
  // The server may be stopped before the sockets are closed.
  pool.on('error', () => {});
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  return {
    find: (id) => db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst(),
    insert: (id, name) => db.insertInto('users').values({ id, name }).execute(),
    update: (id, name) => db.updateTable('users').set({ name }).where('id', '=', id).execute(),
    join: async (id) =>
      (
        await db
          .selectFrom('orders')
          .innerJoin('users', 'users.id', 'orders.user_id')
          .select('users.name')
          .where('orders.id', '=', id)
          .executeTakeFirst()
      ).name,
    count: async () => (await db.selectFrom('users').select(db.fn.countAll().as('n')).executeTakeFirst()).n,
    transaction: () =>
      db.transaction().execute(async (inside: any) => {
        await inside.insertInto('users').values({ id: 9, name: 'x' }).execute();
        undo();
      }),
    remove: (id) => db.deleteFrom('users').where('id', '=', id).execute(),
    close: () => db.destroy(),
  };
});

describeOrm('MikroORM 7.2 over pg', async ({ url }) => {
  const { MikroORM, EntitySchema } = await import('@mikro-orm/postgresql' as string);
  const User = new EntitySchema({
    name: 'User',
    tableName: 'users',
    properties: { id: { type: 'integer', primary: true }, name: { type: 'string' } },
  });
  const Order = new EntitySchema({
    name: 'Order',
    tableName: 'orders',
    properties: {
      id: { type: 'integer', primary: true },
      user: { kind: 'm:1', entity: () => 'User', fieldName: 'user_id' },
    },
  });
  const orm = await MikroORM.init({ entities: [User, Order], clientUrl: url, ensureDatabase: false });
  const fork = () => orm.em.fork();
  return {
    find: (id) => fork().findOne('User', { id }),
    insert: (id, name) => fork().insert('User', { id, name }),
    update: (id, name) => fork().nativeUpdate('User', { id }, { name }),
    join: async (id) =>
      (await fork().findOne('Order', { id }, { populate: ['user'], strategy: 'joined' })).user.name,
    count: () => fork().count('User'),
    transaction: () =>
      fork().transactional(async (inside: any) => {
        await inside.insert('User', { id: 9, name: 'x' });
        undo();
      }),
    remove: (id) => fork().nativeDelete('User', { id }),
    close: () => orm.close(),
  };
});

describe('query builders over better-sqlite3', () => {
  const open = () => {
    const db = new (require('better-sqlite3'))(':memory:');
    for (const each of TABLES) db.exec(each);
    counted();
    return db;
  };
  afterEach(() => assert.deepEqual([test.errors, test.warnings], [[], []]));

  it('Drizzle', () => {
    const { drizzle } = require('drizzle-orm/better-sqlite3');
    const { sqliteTable, integer, text } = require('drizzle-orm/sqlite-core');
    const users = sqliteTable('users', { id: integer('id').primaryKey(), name: text('name') });
    const client = open();
    const db = drizzle(client);
    assert.equal(db.select().from(users).all().length, 2);
    db.insert(users).values({ id: 3, name: 'Eve' }).run();
    assert.throws(() => db.insert(users).values({ id: 3, name: 'Eve' }).run());
    assert.throws(() => db.transaction(undo), /undo/);
    client.close();
    assert.deepEqual(counted(), {
      'SELECT users success': 1, 'INSERT users success': 1, 'INSERT users error': 1,
      'BEGIN success': 1, 'ROLLBACK success': 1,
    }); // prettier-ignore
  });

  it('Kysely', async () => {
    const { Kysely, SqliteDialect } = require('kysely');
    const db = new Kysely({ dialect: new SqliteDialect({ database: open() }) });
    assert.equal((await db.selectFrom('users').selectAll().execute()).length, 2);
    for await (const _ of db.selectFrom('users').selectAll().stream());
    await assert.rejects(db.insertInto('users').values({ id: 1, name: 'x' }).execute());
    await assert.rejects(db.transaction().execute(undo), /undo/);
    await db.destroy();
    assert.deepEqual(counted(), {
      'SELECT users success': 2, 'INSERT users error': 1, 'BEGIN success': 1, 'ROLLBACK success': 1,
    }); // prettier-ignore
  });

  it('Knex', async () => {
    const knex = require('knex')({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    for (const each of TABLES) await knex.raw(each);
    counted();
    assert.equal((await knex('users').where('id', '<', 9)).length, 2);
    await assert.rejects(knex('users').insert({ id: 1, name: 'x' }));
    await knex('users').where({ id: 1 }).delete();
    await knex.destroy();
    assert.deepEqual(counted(), {
      'SELECT users success': 1, 'INSERT users error': 1, 'DELETE users success': 1,
    }); // prettier-ignore
  });
});
