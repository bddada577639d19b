/** Reads what an ended span says of a call to a database, in OTel's old conventions and in those since 1.27. Pure. */
import type { DatabaseEvent } from './events.js';
import { redisOperation } from './drivers/redis-command.js';
import { describeStatement, OPERATIONS, type Statement } from './sql/describe.js';
import { backslashOf, currentSystem } from './systems.js';

/** What of the SDK's `ReadableSpan` is read, in its lines 1 to 3. */
export interface EndedSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number };
  /** Seconds and nanoseconds. */
  readonly duration: readonly [number, number];
}

/** Whose query texts are no SQL. */
const NO_SQL = new Set(
  'aws.dynamodb couchdb elasticsearch geode hbase influxdb memcached mongodb neo4j opensearch redis valkey'.split(
    ' ',
  ),
);
const NAME = /^[\w.-]{1,40}$/;
/** What Prisma's spans have for SQL that its driver sends by itself. */
const IMPLICIT = /^-- Implicit "([A-Z ]+)" query via underlying driver$/;
const ERROR = 2;

/** Undefined when the span is about no database, or no query: a connection, a transaction as a whole. */
export function readDatabaseSpan(span: EndedSpan): DatabaseEvent | undefined {
  const { attributes, status, duration } = span;
  const given = textOf(attributes['db.system.name']) ?? textOf(attributes['db.system']);
  if (given === undefined) return undefined;
  const system = currentSystem(given);
  const statement = statementOf(system, span);
  if (statement === undefined) return undefined;
  const failed = status.code === ERROR || attributes['error.type'] !== undefined;
  const [seconds, nanoseconds] = duration;
  return { system, ...statement, failed, duration: Math.max(0, seconds + nanoseconds / 1e9) };
}

function statementOf(system: string, { name, attributes }: EndedSpan): Statement | undefined {
  const first = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => textOf(attributes[key])).find((value) => value !== undefined);
  const given = first('db.query.text', 'db.statement');
  const text = given === undefined ? undefined : (IMPLICIT.exec(given)?.[1] ?? given);
  const operation = first('db.operation.name', 'db.operation');
  const table = first('db.collection.name', 'db.sql.table', 'db.mongodb.collection') ?? '';
  if (system === 'redis' || system === 'valkey') return redisStatement(operation ?? text);
  if (NO_SQL.has(system)) {
    // Before it had an attribute for it, the instrumentation of MongoDB told by the span's name: `mongodb.find`.
    const told = operation ?? (system === 'mongodb' ? /^mongodb\.(\w+)$/.exec(name)?.[1] : undefined);
    if (told === undefined && text === undefined) return undefined;
    return { operation: told !== undefined && NAME.test(told) ? told : 'OTHER', table };
  }
  const said = text === undefined ? undefined : describeStatement(text, backslashOf(system));
  if (said !== undefined && said.operation !== 'OTHER') return said.table === '' ? { ...said, table } : said;
  const summary = first('db.query.summary')?.split(' ');
  const verb = (operation ?? summary?.[0])?.toUpperCase();
  if (verb === undefined) return said;
  return {
    operation: OPERATIONS.includes(verb) ? verb : 'OTHER',
    table: table === '' ? (summary?.[1] ?? '') : table,
  };
}

/** What the hooks of the drivers leave out is left out here too. */
function redisStatement(command: string | undefined): Statement | undefined {
  if (command === undefined) return undefined;
  const [word = '', ...args] = command.slice(0, 200).split(/\s+/);
  const operation = redisOperation(word, args);
  return operation === undefined ? undefined : { operation, table: '' };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
