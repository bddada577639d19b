/** Real HTTP servers under one hook, and a raw client that can do what well-behaved ones never do. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HTTP_HOOKS } from '../../src/http/index.js';
import { testContext, type TestContext } from './context.js';

let current: TestContext | undefined;

/**
 * A fresh context that gets every HTTP request of this process from now on. The hooks are put in once for all test
 * files: a channel has no end to its subscribers, and eleven `close` listeners on a response give a warning.
 */
export function measured(): TestContext {
  const first = current === undefined;
  current = testContext();
  if (first) {
    const { guard, ...context } = current.context;
    const forwarded = {
      ...context,
      emit: (...args: Parameters<typeof context.emit>) => (current as TestContext).context.emit(...args),
      // What is bound would stay with the first context.
      bind: () => undefined,
      now: () => (current as TestContext).context.now(),
      guard: {
        ...guard,
        report: (where: string, error: unknown) =>
          (current as TestContext).context.guard.report(where, error),
      },
    } as typeof current.context;
    for (const hook of HTTP_HOOKS) hook(forwarded);
  }
  return current;
}

/** Node 22.17, 24.2 and later publish the channels of HTTP/2. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
export const hasHttp2Channels = major > 24 || (major === 24 && minor >= 2) || (major === 22 && minor >= 17);

/** Requests counted so far. */
export const counted = (test: TestContext): number => test.value('intelia_http_requests_total') ?? 0;

/** Lets the loop turn until it is so; mocha's time-out is the end of its patience. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

export interface Served {
  readonly server: Server;
  readonly port: number;
  close(): Promise<void>;
}

export async function serve(listener?: RequestListener, server = createServer(listener)): Promise<Served> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined;
      if (server.listening) server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface RawClient {
  readonly socket: Socket;
  received: string;
  send(text: string): void;
  /** Resolves when `text` was received `times` times. */
  receive(text: string, times?: number): Promise<void>;
  closed(): Promise<void>;
}

export async function rawClient(port: number, isSecure = false): Promise<RawClient> {
  const to = { port, host: '127.0.0.1' };
  // The certificate is nobody's; here only what the server counts is of interest.
  const socket = isSecure
    ? connectTls({ ...to, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
    : connect(to);
  await once(socket, isSecure ? 'secureConnect' : 'connect');
  socket.on('error', () => {}); // A reset is what several tests ask for.
  const client: RawClient = {
    socket,
    received: '',
    send: (text) => void socket.write(text),
    receive: (text, times = 1) => until(() => client.received.split(text).length > times),
    closed: () => until(() => socket.destroyed),
  };
  socket.on('data', (chunk) => (client.received += chunk.toString('latin1')));
  return client;
}

/** The head of a request as bytes on the wire. */
export function head(method: string, path: string, ...headers: string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}
