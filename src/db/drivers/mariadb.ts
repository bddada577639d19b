/**
 * MariaDB and MySQL by mariadb 3: queries of connections, pools, clusters and prepared statements. Up to 3.4 each
 * class has its file; so it has from 3.5 on where the package is imported, while `require` gets one minified file,
 * whose classes are found by their first objects.
 */
import type { Context, Hook } from '../../context.js';
import type { Guard } from '../../guard.js';
import { watchConstruction } from '../../hook/construct.js';
import { onKnownFile, onKnownModule } from '../../hook/version.js';
import { callBefore, wrapMethod } from '../../hook/wrap.js';
import { createCalls } from '../calls.js';
import { mariadbPatches, type MariadbPatches } from './mariadb-calls.js';
import { callAfter, whenMade } from './mariadb-made.js';
import { mariadbPools, type ShowPool } from './mariadb-pools.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the driver's insides have no types */

const KNOWN = '3.1';
/** What the `of` of a cluster gives. */
const FILTERED = {
  promise: ['filtered-cluster', 'FilteredCluster'],
  callback: ['filtered-cluster-callback', 'FilteredClusterCallback'],
} as const;

export const hookMariadb: Hook = (context) => {
  const { guard } = context;
  const calls = createCalls(context, 'mariadb');
  const show = mariadbPools(context);
  for (const style of ['promise', 'callback'] as const) {
    const patches = mariadbPatches(calls, style === 'callback');
    const className = style === 'callback' ? 'Callback' : 'Promise';
    watchClass(context, `lib/connection-${style}.js`, `Connection${className}`, patches.connection);
    watchClass(context, `lib/pool-${style}.js`, `Pool${className}`, patches.pool, show);
    const [file, filtered] = FILTERED[style];
    watchClass(context, `lib/${file}.js`, filtered, patches.cluster);
    onKnownFile(context, `mariadb/dist/${style}.cjs`, KNOWN, (exports) =>
      bundled(guard, exports, patches, show),
    );
  }
  // Imported: a pool of either interface stands on one of this class, and listens to it as soon as it is made.
  watchImport(context, 'lib/pool.js', 'Pool', (prototype) => {
    callBefore(prototype, 'on', (pool) => show(pool, pool.opts));
  });
};

type Patch = (prototype: any) => void;

function watchClass(context: Context, file: string, binding: string, patch: Patch, show?: ShowPool): void {
  onKnownFile(context, `mariadb/${file}`, KNOWN, (Class) => {
    patch(Class.prototype);
    return show && watchConstruction(Class, (pool, [options]) => show(pool, options));
  });
  watchImport(context, file, binding, patch);
}

function watchImport(context: Context, file: string, binding: string, patch: Patch): void {
  const replace = (Class: any): void => {
    patch(Class.prototype);
  };
  onKnownModule(context, KNOWN, { package: 'mariadb', file, binding, replace });
}

/** The exports to use instead: those of the bundle cannot be replaced in place. */
function bundled(guard: Guard, exports: any, patches: MariadbPatches, show: ShowPool): unknown {
  const onConnection = guard.wrap('mariadb', (connection: any) => {
    patches.connection(Object.getPrototypeOf(connection));
  });
  const whenConnected = (owner: any): void => {
    wrapMethod(owner, 'getConnection', (original) => {
      return function getConnection(this: any, ...args: any[]): unknown {
        return whenMade(original, this, args, onConnection);
      };
    });
  };
  const onPool = guard.wrap('mariadb', (pool: any, [options]: any[]) => {
    patches.pool(Object.getPrototypeOf(pool));
    whenConnected(Object.getPrototypeOf(pool));
    show(pool, options);
  });
  const onFiltered = guard.wrap('mariadb', (filtered: any) => {
    patches.cluster(Object.getPrototypeOf(filtered));
    whenConnected(Object.getPrototypeOf(filtered));
  });
  const onCluster = guard.wrap('mariadb', (cluster: any) => {
    // That of the callback interface keeps its pools within another, and shows them to the driver's own tests only.
    const onNode = guard.wrap('mariadb', (_nothing: unknown, [id, config]: any[]) => {
      for (const pool of Object.values(cluster.__tests?.getNodes() ?? {})) onPool(pool, [config ?? id]);
    });
    callAfter(cluster, 'add', onNode);
    callAfter(cluster, 'of', onFiltered);
    whenConnected(cluster);
  });
  const { default: all } = exports;
  callAfter(all, 'createConnection', onConnection);
  callAfter(all, 'createPool', onPool);
  callAfter(all, 'createPoolCluster', onCluster);
  const properties = Object.getOwnPropertyDescriptors(exports);
  for (const name of ['createConnection', 'createPool', 'createPoolCluster']) {
    properties[name] = { value: all[name], enumerable: true, configurable: true, writable: true };
  }
  return Object.defineProperties({}, properties);
}
