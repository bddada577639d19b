/** What becomes of a request without a whole answer. */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** nginx's code for a client that went away before the answer was complete; no RFC has one. */
export const CLIENT_CLOSED_REQUEST = 499;

interface Answer {
  readonly response: ServerResponse;
  readonly server: Server;
}

/**
 * What became of a request whose connection ended or failed. An answer that did not finish was cut off by the client
 * (its end of the connection or an error of the connection was seen) or else by the server: a destroyed response, a
 * time-out, Express' way with an error after the headers. That is 500 whatever the headers said, unless the server is
 * being closed and so ends its streams.
 */
export function statusOf({ response, server }: Answer, socket: Socket): number {
  const clientGone = socket.readableEnded || (socket.errored != null && socket.errored !== response.errored);
  if (clientGone) return CLIENT_CLOSED_REQUEST;
  if (response.writableFinished) return response.statusCode;
  return response.headersSent && !server.listening ? response.statusCode : 500;
}
