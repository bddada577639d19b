/** Which versions of a library a hook knows. One that it does not know is left alone, and that is said once. */
import { dirname } from 'node:path';
import type { Guard } from '../guard.js';
import type { Log } from '../log.js';
import { nearestPackage } from '../package-json.js';
import { onModuleLoad, type ModuleWatch } from './esm.js';
import { onFileLoad, type OnLoad } from './load.js';

/**
 * Whether `version` is in `range`: majors, or a minor from which on, with `||` between: `4.10 || 5`. When it is not,
 * one line says so.
 */
export function supported(log: Log, name: string, range: string, version: string | undefined): boolean {
  if (version !== undefined && inRange(range, version)) return true;
  log.warnOnce(
    `version:${name}:${version}`,
    `${name} ${version ?? 'of unknown version'} is left alone: known are ${range}`,
  );
  return false;
}

/** The same of the package that a loaded file belongs to, whatever folder name it is installed under. */
export const supportedFile = (log: Log, name: string, range: string, filename: string): boolean =>
  supported(log, name, range, nearestPackage(dirname(filename)).version);

export interface Tools {
  readonly guard: Guard;
  readonly log: Log;
}

/** `onFileLoad` for the versions in `range` of the package that `file` begins with. */
export function onKnownFile({ guard, log }: Tools, file: string, range: string, onLoad: OnLoad): void {
  const name = /^(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file;
  onFileLoad(guard, file, (exports, filename) =>
    supportedFile(log, name, range, filename) ? onLoad(exports, filename) : undefined,
  );
}

/** `onModuleLoad` for the versions in `range` of the package. */
export function onKnownModule(
  { guard, log }: Tools,
  range: string,
  { replace, ...place }: Omit<ModuleWatch, 'guard'>,
): void {
  onModuleLoad({
    ...place,
    guard,
    replace: (value, filename) =>
      supportedFile(log, place.package, range, filename) ? replace(value, filename) : undefined,
  });
}

function inRange(range: string, version: string): boolean {
  const [major, minor = 0] = numbers(version);
  return range.split('||').some((part) => {
    const [wanted, from = 0] = numbers(part);
    return major === wanted && minor >= from;
  });
}

const numbers = (text: string): number[] =>
  text
    .trim()
    .split('.')
    .map((part) => parseInt(part, 10));
