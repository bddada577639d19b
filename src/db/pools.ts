/**
 * Every database pool by name, read at collection: total less idle. A pool is held weakly, so that being measured
 * keeps none alive; a closed or collected one reads 0, and its name goes to the next pool of the same database.
 */
import { catalogue } from '../catalogue/catalogue.js';
import type { Context } from '../context.js';
import { OTHER } from '../metrics/labels.js';

export interface PoolReader<P extends object> {
  /** Connections in use now. */
  active(pool: P): number;
  /** Open connections that nobody uses now, where the driver tells. */
  idle?(pool: P): number;
  /** Nobody will get a connection from it any more. */
  closed(pool: P): boolean;
}

/** Shows a pool under `name`, or under `name#2` and so on while that is taken. */
export type AddPool = <P extends object>(pool: P, name: string, reader: PoolReader<P>) => void;

interface Member {
  readonly pool: WeakRef<object>;
  readonly reader: PoolReader<object>;
}

const MAX_NAMES = catalogue.intelia_db_connections_active.labels.pool.bound;
const trackers = new WeakMap<Context, Tracker>();

interface Tracker {
  readonly add: AddPool;
  read(): PoolReading[];
}

/** All pools of one name, now. */
export interface PoolReading {
  readonly pool: string;
  readonly active: number;
  /** Undefined when no driver tells. */
  readonly idle: number | undefined;
}

/** One for all drivers of a context: two of them must not write to the same series. */
export const poolTracker = (context: Context): AddPool => trackerOf(context).add;

export const readPools = (context: Context): PoolReading[] => trackerOf(context).read();

function trackerOf(context: Context): Tracker {
  const known = trackers.get(context);
  if (known !== undefined) return known;
  const tracker = createTracker(context);
  trackers.set(context, tracker);
  return tracker;
}

function createTracker({ emit, observe, log }: Context): Tracker {
  const names = new Map<string, Member[]>();

  function nameFor(base: string): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}#${n}`;
      const members = names.get(name);
      if (members === undefined) return names.size < MAX_NAMES ? name : overflow();
      if (!members.some(isOpen)) return name;
    }
  }

  function overflow(): string {
    emit('intelia_otel_dropped_measurements_total', 1, { reason: 'label_limit' });
    log.warnOnce(
      'pools',
      `more than ${MAX_NAMES} database pools; the others are shown together as "${OTHER}"`,
    );
    return OTHER;
  }

  observe('intelia_db_connections_active', (set) => {
    for (const [pool, members] of names) {
      set(
        members.reduce((sum, member) => sum + active(member), 0),
        { pool },
      );
    }
  });

  return {
    add(pool, base, reader) {
      const name = nameFor(base);
      const members = (names.get(name) ?? []).filter((member) => member.pool.deref() !== undefined);
      names.set(name, [
        ...members,
        { pool: new WeakRef(pool), reader: reader as unknown as PoolReader<object> },
      ]);
    },
    read: () =>
      [...names].map(([pool, members]) => ({
        pool,
        active: members.reduce((sum, member) => sum + active(member), 0),
        idle: members.reduce<number | undefined>(addIdle, undefined),
      })),
  };
}

function addIdle(sum: number | undefined, { pool, reader }: Member): number | undefined {
  if (reader.idle === undefined) return sum;
  const found = pool.deref();
  return (sum ?? 0) + (found === undefined || reader.closed(found) ? 0 : reader.idle(found));
}

function isOpen({ pool, reader }: Member): boolean {
  const found = pool.deref();
  return found !== undefined && !reader.closed(found);
}

function active({ pool, reader }: Member): number {
  const found = pool.deref();
  return found === undefined ? 0 : reader.active(found);
}
