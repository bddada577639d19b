/** Writes several files into a folder, all of them or none. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Complaint, type ExitCode, type Io } from './command.js';

export interface FileToWrite {
  readonly name: string;
  readonly text: string;
}

/** Creates the folder where there is none. Throws a {@link Complaint}, and then nothing has changed. */
export async function writeFiles(folder: string, files: readonly FileToWrite[]): Promise<readonly string[]> {
  const run = randomUUID();
  const pairs = files.map(({ name, text }) => {
    const path = join(folder, name);
    return { path, temporary: `${path}.${run}.tmp`, text };
  });
  let created: string | undefined;
  try {
    created = await makeFolder(resolve(folder));
    await Promise.all(pairs.map(({ path }) => refuseFolder(path)));
    for (const { temporary, text } of pairs) await writeFile(temporary, text, { flag: 'wx' });
    for (const { temporary, path } of pairs) await rename(temporary, path);
  } catch (error) {
    await Promise.all(pairs.map(({ temporary }) => rm(temporary, { force: true }).catch(() => {})));
    if (created !== undefined) await rm(created, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new Complaint(`${folder} cannot be written to (${code ?? 'unknown error'}); nothing was written`);
  }
  return pairs.map(({ path }) => path);
}

/** As {@link writeFiles}; says what was written, as paths or as JSON. */
export async function writeAndTell(
  folder: string,
  files: readonly FileToWrite[],
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const paths = await writeFiles(folder, files);
  io.out(
    json ? `${JSON.stringify({ written: paths }, null, 2)}\n` : paths.map((path) => `${path}\n`).join(''),
  );
  return 0;
}

/**
 * Gives the topmost folder that was made. Not by `recursive`: where the system says that there is no such place (as
 * /proc does), Node tries for ever.
 */
async function makeFolder(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return undefined;
  if (found !== undefined) throw Object.assign(new Error(folder), { code: 'ENOTDIR' });
  const above = dirname(folder) === folder ? undefined : await makeFolder(dirname(folder));
  await mkdir(folder);
  return above ?? folder;
}

/** A rename onto a folder would fail after others had been done. */
async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw Object.assign(new Error(path), { code: 'EISDIR' });
}
