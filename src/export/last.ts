/**
 * Sends one request while the process exits. Nothing asynchronous runs there any more, so a short-lived child does
 * it: it gets the request on stdin (never in its arguments, which others can read), none of our environment (or the
 * preload would run in it too), and is killed when the time is up.
 */
import type * as ChildProcess from 'node:child_process';
import { basename, dirname } from 'node:path';
import type { Answer, PostRequest } from './post.js';

export interface LastOptions {
  /** Node's own TLS settings: what the child keeps of our environment. */
  readonly tlsEnv: Readonly<Record<string, string>>;
  /** The Node binary. */
  readonly execPath?: string;
}

/** Another program (Electron, a single executable application) would start the application once more. */
const NODE = /^node(js)?[\d.]*(\.exe)?$/i;

/** Reads a line of JSON and then a body from stdin, posts it, and answers with a line of JSON on stdout. */
const CHILD = `
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
  const all = Buffer.concat(chunks);
  const end = all.indexOf(10);
  const { url, headers, tls } = JSON.parse(all.subarray(0, end).toString());
  const body = all.subarray(end + 1);
  const tell = (answer) => process.stdout.write(JSON.stringify(answer), () => process.exit(0));
  const http = require(url.startsWith('https:') ? 'node:https' : 'node:http');
  const options = { method: 'POST', agent: false, ...tls, headers: { ...headers, 'content-length': body.length } };
  const request = http.request(new URL(url), options, (response) => {
    const { statusCode: status, headers: got } = response;
    const parts = [];
    let size = 0;
    const finish = () => tell({
      status, retryAfter: got['retry-after'], location: got.location, contentType: got['content-type'],
      body: Buffer.concat(parts).subarray(0, 65536).toString('base64'),
    });
    response.on('data', (part) => { parts.push(part); if ((size += part.length) > 65536) finish(); });
    response.on('end', finish).on('error', finish);
  });
  request.on('error', (error) => tell({ code: String(error.code ?? error.name) }));
  request.end(body);
});
`;

/** Never throws; whatever goes wrong with the child reads as an answer too. */
export function postSync(request: PostRequest, timeoutMs: number, options: LastOptions): Answer {
  const execPath = options.execPath ?? process.execPath;
  if (!NODE.test(basename(execPath)) || timeoutMs < 1) return { code: 'INTERNAL' };
  const { spawnSync } = require('node:child_process') as typeof ChildProcess;
  const { url, headers, tls, body } = request;
  const child = spawnSync(execPath, ['--no-warnings', '-e', CHILD], {
    input: Buffer.concat([Buffer.from(`${JSON.stringify({ url, headers, tls })}\n`), body]),
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...options.tlsEnv },
    cwd: dirname(execPath), // Ours may be gone.
    timeout: Math.ceil(timeoutMs),
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  if ((child.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return { code: 'TIMEOUT' };
  return parseAnswer(child.stdout);
}

function parseAnswer(stdout: Buffer | null): Answer {
  try {
    const answer = JSON.parse(String(stdout)) as { code: string } | { status: number; body: string };
    return 'code' in answer ? answer : { ...answer, body: Buffer.from(answer.body, 'base64') };
  } catch {
    return { code: 'INTERNAL' };
  }
}
