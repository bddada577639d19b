/**
 * When all of an answer has been handed over. Node tells so on a channel, and right after that calls a method of the
 * response; to be told by the method costs a server of Node's own one to two percent less.
 */
import { subscribe } from 'node:diagnostics_channel';
import type * as Http from 'node:http';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { callBefore } from '../hook/wrap.js';

/** The last major version that tests run on. Of a later one nobody knows whether it still calls the method. */
const LAST_KNOWN = 26;

type Listener = (response: ServerResponse, socket: Socket) => void;

/** Not before the first request, which has loaded `node:http`. `listener` must not throw. */
export function onFinish(listener: Listener): void {
  const isKnown = parseInt(process.versions.node, 10) <= LAST_KNOWN;
  if (isKnown && wrapDetach(listener)) return;
  subscribe('http.server.response.finish', (message) => {
    const { response, socket } = message as { response: ServerResponse; socket: Socket };
    listener(response, socket);
  });
}

function wrapDetach(listener: Listener): boolean {
  const { ServerResponse } = require('node:http') as typeof Http;
  return callBefore(ServerResponse.prototype, 'detachSocket', (response: ServerResponse, socket: Socket) => {
    // An application that takes the connection over calls it too; its answer has not ended.
    if (response.writableEnded) listener(response, socket);
  });
}
