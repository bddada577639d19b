/** Statements that mssql prepares were counted as EXECUTE, without a table, and so were preparing and unpreparing them. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { procedureOf } from '../../src/db/drivers/tedious-procedures.js';

const request = (procedure: string, parameters: Readonly<Record<string, unknown>>) =>
  Object.assign(new EventEmitter(), {
    sqlTextOrProcedure: procedure,
    parametersByName: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, { value }]),
    ),
  });

it('knows a prepared statement by its handle, on its connection', () => {
  const [one, other] = [{}, {}];
  const preparing = request('sp_prepare', { stmt: 'SELECT * FROM users' });
  assert.deepEqual(procedureOf(one, preparing), { text: 'SELECT * FROM users', isOk: false });
  preparing.emit('returnValue', 'handle', 7);
  const execute = request('sp_execute', { handle: 7 });
  assert.deepEqual(procedureOf(one, execute), { text: 'SELECT * FROM users', isOk: true });
  assert.deepEqual(procedureOf(other, execute), { text: 'EXEC sp_execute', isOk: true });
  assert.deepEqual(procedureOf(one, request('sp_unprepare', { handle: 7 })), {
    text: 'EXEC sp_unprepare',
    isOk: false,
  });
  assert.deepEqual(procedureOf(one, execute), { text: 'EXEC sp_execute', isOk: true });
  assert.deepEqual(procedureOf(one, request('shop_proc', {})), { text: 'EXEC shop_proc', isOk: true });
});
