/** Bedrock on loopback, over HTTP/2 in clear text or HTTP/1, with the event stream framed by the SDK's own codec. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { EventStreamCodec } from '@smithy/core/event-streams';
import { fixture, eventsOf } from '../../support/llm-provider.js';

let codec: EventStreamCodec;

/** The SDK's own, of its version. */
export function useCodec(Codec: typeof EventStreamCodec): void {
  codec = new Codec(
    (bytes) => Buffer.from(bytes as Uint8Array).toString(),
    (text) => Buffer.from(text),
  );
}

const text = (value: string) => ({ type: 'string' as const, value });

export type Protocol = 'h2' | 'http/1.1';
type Answer = (response: ServerResponse, body: string) => unknown;

export interface BedrockServer {
  readonly origin: string;
  readonly received: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  answer: Answer;
  /** Breaks every connection. */
  reset(): void;
  close(): Promise<void>;
}

export async function startBedrock(protocol: Protocol): Promise<BedrockServer> {
  const sockets = new Set<Socket>();
  const received: BedrockServer['received'] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    // What a client breaks off is of no concern here.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (part: Buffer) => parts.push(part));
    const answer = (): void => {
      received.push({ path: request.url ?? '', headers: request.headers });
      server.answer(response, Buffer.concat(parts).toString());
    };
    // A conversation is answered while it is still being asked.
    if (request.url?.endsWith('bidirectional-stream')) answer();
    else request.on('end', answer);
  };
  const http = protocol === 'h2' ? createHttp2Server(listener as never) : createServer(listener);
  http.on('connection', (socket: Socket) => sockets.add(socket));
  http.on('sessionError', () => undefined);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server: BedrockServer = {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    received,
    answer: () => undefined,
    reset,
    close: () =>
      new Promise((resolve) => {
        (http as Server).close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return server;
}

/** A whole answer; `file` is a fixture. */
export const whole =
  (file: string, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(fixture(file));
  };

function framed(kind: string, payload: unknown): Uint8Array {
  const isException = kind.endsWith('Exception');
  return codec.encode({
    headers: {
      [isException ? ':exception-type' : ':event-type']: text(kind),
      ':content-type': text('application/json'),
      ':message-type': text(isException ? 'exception' : 'event'),
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}

/** The events of a fixture, as Converse streams them: each has its kind for a name. */
export const conversed = (file: string): Uint8Array[] =>
  eventsOf(fixture(file)).flatMap((event) =>
    Object.entries(event as object).map(([kind, payload]) => framed(kind, payload)),
  );

/** The events of a fixture, as InvokeModel streams them: in chunks. */
export const chunked = (file: string): Uint8Array[] =>
  eventsOf(fixture(file)).map((event) =>
    framed('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abcdef' }),
  );

/** Streams `frames`, then ends, or leaves the stream open. */
export const streamed =
  (frames: readonly Uint8Array[], then: 'end' | 'stay' = 'end'): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (const frame of frames) response.write(frame);
    if (then === 'end') response.end();
  };
