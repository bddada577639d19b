/** A server program of a test: started, awaited by a line of its log, stopped by its own handle. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Program {
  readonly child: ChildProcess;
  /** Everything it has said so far. */
  log(): string;
  /** The first match in what it says, whether said already or not. Rejects when it ends without. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it, and waits until it has. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function startProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(path, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const closed = once(child, 'close');
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const match = pattern.exec(text);
        if (match !== null) resolve(match);
      };
      check();
      child.stdout.on('data', check);
      child.stderr.on('data', check);
      closed.then(
        () => reject(new Error(`${path} ended without saying ${pattern.source}:\n${text}`)),
        reject,
      );
    });
  return {
    child,
    log: () => text,
    said,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await closed;
    },
  };
}

/** Asks until the answer is defined: for what another process does in its own time. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
