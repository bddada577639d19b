/** The package that a folder belongs to. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Package {
  readonly name?: string;
  readonly version?: string;
}

/** The nearest package.json with a name: one that only says `"type": "module"` for a folder is nobody's. */
export function nearestPackage(folder: string): Package {
  for (;;) {
    const found = readPackage(join(folder, 'package.json'));
    if (found.name !== undefined) return found;
    const parent = dirname(folder);
    if (parent === folder) return {};
    folder = parent;
  }
}

/** Empty for a file that is not there or tells neither. */
export function readPackage(file: string): Package {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return {
      ...(typeof name === 'string' && name !== '' ? { name } : {}),
      ...(typeof version === 'string' && version !== '' ? { version } : {}),
    };
  } catch {
    return {}; // Not there, or not JSON: neither is ours to complain about.
  }
}
