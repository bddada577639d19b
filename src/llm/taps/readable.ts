/** Sees the bytes of one of Node's readable streams as its reader takes them, without a listener more. */
import type { Readable } from 'node:stream';
import { ownMethod } from '../../hook/own.js';
import type { Call } from './contract.js';

/**
 * `emit` tells every way of reading: pipes, loops and listeners. Unread, it stays unread.
 *
 * @param signal the request's: an aborted HTTP/2 stream ends as if it were complete.
 */
export function tapReadable(
  stream: Readable,
  sink: Pick<Call, 'chunk' | 'end' | 'error'>,
  signal: AbortSignal | undefined,
): void {
  const { emit } = stream;
  ownMethod(stream, 'emit', (name: string | symbol, ...args: unknown[]): boolean => {
    if (name === 'data') sink.chunk(args[0] as Uint8Array);
    else if (name === 'error') sink.error(args[0]);
    else if (name === 'end' && signal?.aborted !== true) sink.end();
    // Told after the end too, where it changes nothing any more.
    else if (name === 'close') sink.error(undefined);
    return emit.call(stream, name as string, ...args);
  });
}
