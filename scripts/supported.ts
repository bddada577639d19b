/**
 * The tables of docs/supported.md: what is told of a library is in scripts/supported-rows.ts, its versions are those in the
 * lockfiles of the folders whose tests run it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_SUBJECTS, TABLES, type Row, type TableName } from './supported-rows.js';

const COMPAT = 'test/compat';

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** One version of one library, and the folder of the tests that run it. */
interface Tested {
  readonly library: string;
  readonly version: string;
  readonly folder: string;
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

interface Lock {
  readonly packages: Record<string, { readonly name?: string; readonly version: string }>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** What a folder asks for itself, as its lockfile has it; of an alias the library behind it. */
function testedIn(folder: string): Tested[] {
  const { dependencies = {}, devDependencies = {} } = read<Manifest>(join(folder, 'package.json'));
  const { packages } = read<Lock>(join(folder, 'package-lock.json'));
  return Object.keys({ ...dependencies, ...devDependencies }).map((key) => {
    const locked = packages[`node_modules/${key}`];
    if (locked === undefined) throw new Error(`${folder}: the lockfile has no ${key}`);
    return { library: locked.name ?? key, version: locked.version, folder };
  });
}

const folders = readdirSync(COMPAT)
  .map((name) => join(COMPAT, name))
  .filter((folder) => existsSync(join(folder, 'package-lock.json')));
const inFolders = folders.flatMap(testedIn);
const inRoot = testedIn('.');

function testedOf({ libraries = [], folders: only, root }: Row): Tested[] {
  const wanted = ({ library, folder }: Tested): boolean =>
    libraries.includes(library) && (only?.some((name) => folder === join(COMPAT, name)) ?? true);
  const own = root === undefined ? [] : inRoot.map((tested) => ({ ...tested, folder: root }));
  return [...inFolders, ...own.filter(({ library }) => libraries.includes(library))].filter(
    (tested) => tested.folder === root || wanted(tested),
  );
}

const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
const unique = (all: readonly string[]): string[] => [...new Set(all)];

function versionsText({ libraries = [], versions }: Row, tested: readonly Tested[]): string {
  if (versions !== undefined) return versions;
  const each = libraries.map((library) => {
    const found = tested.filter((one) => one.library === library).map(({ version }) => version);
    if (found.length === 0) throw new Error(`no test runs ${library}`);
    return [library, unique(found).sort(byVersion).join(', ')] as const;
  });
  return each.length === 1 ? (each[0]?.[1] ?? '') : each.map(([library, all]) => `\`${library}\` ${all}`).join('; ');
} // prettier-ignore

function rowText(row: Row): string {
  const tested = testedOf(row);
  const links = unique([...tested.map(({ folder }) => folder), ...(row.also ?? [])]).sort(byVersion);
  const where = links.map((folder) => `[${folder.replace(/^test\/(compat\/)?/, '')}](../${folder})`);
  const columns = [row.what, versionsText(row, tested), row.seen, where.join(', ') + (row.against ?? '')];
  return `| ${columns.join(' | ')} |`;
}

/** The rows of one table as Markdown. Throws where a test runs something that no row and no exception names. */
export function supportedTable(name: TableName): string {
  return [
    '| What | Versions in the tests | How it is seen | Tests |',
    '|---|---|---|---|',
    ...TABLES[name].map(rowText),
  ].join('\n');
}

/** Libraries that tests install and no table tells of: a folder was added, and not its row. */
export function untold(): string[] {
  const told = new Set([...Object.values(TABLES).flat().flatMap(({ libraries = [] }) => libraries), ...NOT_SUBJECTS]);
  const missing = inFolders.filter(({ library }) => !told.has(library) && !library.startsWith('@opentelemetry/'));
  return unique(missing.map(({ library, folder }) => `${library} (${folder})`));
} // prettier-ignore
