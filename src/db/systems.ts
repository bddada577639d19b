/** What OTel's conventions call the databases (`db.system.name`) that the drivers are for. Pure. */
import type { Backslash } from './sql/describe.js';

/** By the name under which a hook counts its calls; most are the driver's own. */
const SYSTEMS: Readonly<Record<string, string>> = {
  pg: 'postgresql',
  postgres: 'postgresql',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mariadb',
  ioredis: 'redis',
  redis: 'redis',
  mongodb: 'mongodb',
  'better-sqlite3': 'sqlite',
  'node:sqlite': 'sqlite',
  sqlite3: 'sqlite',
  libsql: 'sqlite',
  tedious: 'microsoft.sql_server',
};

export const isDriver = (name: string): boolean => Object.hasOwn(SYSTEMS, name);

export const systemOf = (driver: string): string =>
  isDriver(driver) ? (SYSTEMS[driver] as string) : 'other_sql';

/** The same databases under the names that the conventions had for them before 1.27. */
const FORMER: Readonly<Record<string, string>> = {
  mssql: 'microsoft.sql_server',
  oracle: 'oracle.db',
  db2: 'ibm.db2',
  dynamodb: 'aws.dynamodb',
  redshift: 'aws.redshift',
  cosmosdb: 'azure.cosmosdb',
  spanner: 'gcp.spanner',
  hanadb: 'sap.hana',
};

export const currentSystem = (system: string): string =>
  Object.hasOwn(FORMER, system) ? (FORMER[system] as string) : system;

/**
 * What `\'` is in a string, unless a session has set it otherwise (`standard_conforming_strings`, `NO_BACKSLASH_ESCAPES`).
 * A guess could take what a user has typed for the name of a table.
 */
const BACKSLASHES: Readonly<Record<string, Backslash>> = {
  mysql: 'escapes',
  mariadb: 'escapes',
  postgresql: 'plain',
  sqlite: 'plain',
  'microsoft.sql_server': 'plain',
};

export const backslashOf = (system: string): Backslash =>
  Object.hasOwn(BACKSLASHES, system) ? (BACKSLASHES[system] as Backslash) : 'guess';
