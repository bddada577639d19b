// What the hook adds to a query of pg. The server is a stream in this process that answers at once with one row, so all
// that is timed is pg itself, once as it comes and once with the hook in it.
import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
import { loadInternals } from './lib/bundle.mjs';
import { interleave, report } from './lib/rounds.mjs';

const require = createRequire(new URL('../package.json', import.meta.url));
const { registry, guard, log, hookPg } = loadInternals();

/** A message of PostgreSQL's protocol. */
function message(type, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
const int16 = (value) => Buffer.from([value >> 8, value & 255]);
const int32 = (value) => Buffer.from([0, 0, value >> 8, value & 255]);
const text = (value) => Buffer.from(`${value}\0`);
const READY = message('Z', Buffer.from('I'));
const HELLO = Buffer.concat([message('R', int32(0)), READY]);
const ROW = Buffer.concat([
  message('T', int16(1), text('name'), int32(0), int16(0), int32(25), int16(4), int32(0), int16(0)),
  message('D', int16(1), int32(5), Buffer.from('Marie')),
  message('C', text('SELECT 1')),
  READY,
]);

class Server extends Duplex {
  greeted = false;
  connect() {
    process.nextTick(() => this.emit('connect'));
  }
  setNoDelay() {}
  setKeepAlive() {}
  ref() {}
  unref() {}
  _read() {}
  _write(_chunk, _encoding, done) {
    this.push(this.greeted ? ROW : HELLO);
    this.greeted = true;
    done();
  }
}

async function client() {
  for (const path of Object.keys(require.cache))
    if (/node_modules\/pg[-/]/.test(path)) delete require.cache[path];
  const { Client } = require('pg');
  const made = new Client({ user: 'bench', stream: () => new Server() });
  await made.connect();
  return made;
}

const bare = await client();
hookPg({
  emit: registry.emit, observe: registry.observe, guard, log, now: () => performance.now() / 1000,
  config: { dbPoolNames: {} }, resource: {},
}); // prettier-ignore
const hooked = await client();

const SQL = 'SELECT name FROM users WHERE id = $1 AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 20';
const contenders = [
  { name: 'pg', run: async (n) => { for (let i = 0; i < n; i++) await bare.query(SQL); } },
  { name: 'hooked', run: async (n) => { for (let i = 0; i < n; i++) await hooked.query(SQL); } },
]; // prettier-ignore
const times = await interleave(contenders, { iterations: 20_000 });
if (registry.families.intelia_db_queries_total.cells.length !== 1)
  throw new Error('the hook did not see the queries');

report({
  title: 'A query of pg',
  unit: 'µs added',
  times: { '@intelia/otel': times['hooked'].map((value, i) => Math.max(value - times['pg'][i], 0) / 1000) },
  marks: [{ text: '≤ 3 µs', of: '@intelia/otel', max: 3 }],
});
