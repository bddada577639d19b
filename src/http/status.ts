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
  if (clientGone) return answeredByNode(server, response, socket) ?? CLIENT_CLOSED_REQUEST;
  if (response.writableFinished) return response.statusCode;
  return response.headersSent && !server.listening ? response.statusCode : 500;
}

/** The parser's errors that have an answer of their own; to all others Node says 400. */
const PARSER_ANSWERS: ReadonlyMap<string, number> = new Map([
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['HPE_HEADER_OVERFLOW', 431],
]);

/**
 * What Node itself answers, in place of the application, to a body that breaks HTTP or takes longer than
 * `server.requestTimeout`; as `lib/_http_server.js` of Node 20 to 26 has it. What an application that listens for
 * `clientError` answers is not known.
 */
function answeredByNode(server: Server, response: ServerResponse, socket: Socket): number | undefined {
  const { code } = (socket.errored ?? {}) as { code?: unknown };
  if (typeof code !== 'string' || response.headersSent || socket.readableEnded) return undefined;
  if (server.listenerCount('clientError') > 0) return undefined;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code.startsWith('HPE_') ? (PARSER_ANSWERS.get(code) ?? 400) : undefined;
}
