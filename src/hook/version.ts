/** Which versions of a library a hook knows. One that it does not know is left alone, and that is said once. */
import { dirname } from 'node:path';
import type { Log } from '../log.js';
import { nearestPackage } from '../package-json.js';

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
