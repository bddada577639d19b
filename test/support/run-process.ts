/** Runs a Node process to its end and tells how it ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface RunOptions {
  /** Arguments before the script: `['--require', …]`. */
  readonly nodeArgs?: readonly string[];
  /** The script's path, or code for `-e`. */
  readonly script?: string;
  readonly code?: string;
  readonly args?: readonly string[];
  /** The whole environment; nothing of ours is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Killed after this many milliseconds; `timedOut` then. */
  readonly timeoutMs?: number;
  readonly node?: string;
}

export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from start to end. */
  readonly ms: number;
  readonly timedOut: boolean;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves once stdout holds this text; rejects when the process ends without it. */
  said(text: string): Promise<void>;
  readonly ended: Promise<RunResult>;
}

export function startProcess(options: RunOptions): Running {
  const { nodeArgs = [], script, code, args = [], env = {}, cwd, timeoutMs = 15_000 } = options;
  const what = script === undefined ? ['-e', code ?? ''] : [script];
  const startedAt = performance.now();
  const child = spawn(options.node ?? process.execPath, [...nodeArgs, ...what, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [stdout, stderr, timedOut] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const ended = once(child, 'close').then(([exitCode, signal]): RunResult => {
    clearTimeout(timer);
    return { code: exitCode, signal, stdout, stderr, ms: performance.now() - startedAt, timedOut };
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (stdout.includes(text)) resolve();
      };
      check();
      child.stdout.on('data', check);
      void ended.then((result) =>
        reject(new Error(`ended without saying ${text}: ${JSON.stringify(result)}`)),
      );
    });
  return { child, said, ended };
}

export const runProcess = (options: RunOptions): Promise<RunResult> => startProcess(options).ended;

/** What the process wrote to stderr itself: without our own lines. */
export const withoutOurs = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => !line.startsWith('[intelia-otel]'))
    .join('\n');
