/** One POST and what became of it. Never rejects, never follows a redirect, never holds the process open. */
import type * as Http from 'node:http';
import type { Socket } from 'node:net';
import { markOwn } from '../http/ignore.js';

/** Everything a request needs, in a form that can also be handed to another process. */
export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM texts. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly body: Uint8Array;
}

export interface Response {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly location?: string | undefined;
  readonly contentType?: string | undefined;
  /** At most {@link MAX_BODY} bytes. */
  readonly body: Uint8Array;
}

/** A response, or the code of what went wrong before there was one (`ECONNREFUSED`, `TIMEOUT`, …). */
export type Answer = Response | { readonly code: string };

/** An answer says in a few bytes what was refused; what is longer is an error page. */
export const MAX_BODY = 64 * 1024;

export interface Poster {
  post(request: PostRequest, timeoutMs: number, signal: AbortSignal): Promise<Answer>;
  /** Closes idle connections. */
  close(): void;
}

/** Posts over one kept-alive connection. */
export function createPoster(url: string): Poster {
  const secure = url.startsWith('https:');
  const http = (secure ? require('node:https') : require('node:http')) as typeof Http;
  const agent = new http.Agent({ keepAlive: true });
  return {
    async post(request, timeoutMs, signal) {
      try {
        const answer = await postOnce(http, agent, request, timeoutMs, signal);
        // The backend closed the idle connection just as we used it: not a failure of anybody.
        return isStale(answer) ? await postOnce(http, agent, request, timeoutMs, signal) : answer;
      } catch (error) {
        return { code: codeOf(error as Error, false) }; // Node could not even begin: a bad certificate, for one.
      }
    },
    close: () => agent.destroy(),
  };
}

const STALE = 'STALE';
const isStale = (answer: Answer): boolean => 'code' in answer && answer.code === STALE;

function postOnce(
  http: typeof Http,
  agent: Http.Agent,
  { url, headers, tls, body }: PostRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { method: 'POST', agent, ...tls, headers: { ...headers, 'content-length': body.length } };
    let response: Http.IncomingMessage | undefined;
    const request = http.request(new URL(url), options, (given) => readAnswer((response = given), resolve));
    markOwn(request);
    const giveUp = (code: string): void => {
      if (response === undefined) resolve({ code });
      request.destroy();
    };
    const timer = setTimeout(giveUp, timeoutMs, 'TIMEOUT').unref();
    const onAbort = (): void => giveUp('ABORTED');
    signal.addEventListener('abort', onAbort, { once: true });
    request.on('socket', unref);
    request.on('error', (error) => resolve({ code: codeOf(error, request.reusedSocket) }));
    request.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (response === undefined) resolve({ code: 'ECONNRESET' });
    });
    request.end(body);
  });
}

/** A connection under way must not keep the host's process alive: what is unsent then is sent at its exit. */
function unref(socket: Socket): void {
  socket.unref();
  // Each address that is tried gets a new handle, which is not unref'ed.
  if (socket.connecting) socket.on('connectionAttempt', () => socket.unref());
}

function codeOf(error: Error & { code?: unknown }, reused: boolean): string {
  const code = typeof error.code === 'string' ? error.code : error.name;
  return reused && (code === 'ECONNRESET' || code === 'EPIPE') ? STALE : code;
}

function readAnswer(response: Http.IncomingMessage, resolve: (answer: Answer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (): void =>
    resolve({
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      location: response.headers.location,
      contentType: response.headers['content-type'],
      body: Buffer.concat(chunks).subarray(0, MAX_BODY),
    });
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY) response.destroy();
  });
  response.on('end', finish);
  // Also when the body broke off or never came: the status is the answer.
  response.on('close', finish);
  response.on('error', finish);
}
