/** Sees what a reader, or an iterator, of a stream takes out of it. */
import { createOverlay } from '../../hook/overlay.js';
import { ownMethod } from '../../hook/own.js';
import type { Call } from './contract.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the pieces of a stream are its maker's own */
type Read = (...args: any[]) => Promise<any>;
export type StreamSink = Pick<Call, 'chunk' | 'end' | 'error' | 'cancel'>;

interface Tap {
  readonly sink: StreamSink;
  readonly read: Read;
  isReleased: boolean;
}

const overlay = createOverlay<Tap>({
  read: (_reader, { read }, _original, args) => read(...args),
  cancel(reader, { sink, isReleased }, original, args) {
    if (!isReleased) sink.cancel();
    return original.apply(reader, args);
  },
  releaseLock(reader, tap, original) {
    // What is still being read is refused then, which is no failure of the stream.
    tap.isReleased = true;
    return original.call(reader);
  },
});

export function tapReader(reader: any, sink: StreamSink, holds: boolean): any {
  const { read } = reader;
  const source: Read = (...args) => read.apply(reader, args);
  const tap: Tap = { sink, isReleased: false, read: tapRead(source, sink, holds, () => tap.isReleased) };
  overlay(reader, tap);
  return reader;
}

export function tapIterator(iterator: any, sink: StreamSink, holds: boolean, preventCancel: boolean): any {
  const { next, return: finish } = iterator;
  let isOver = false;
  const read = tapRead(
    (...args) => next.apply(iterator, args),
    sink,
    holds,
    () => isOver,
  );
  ownMethod(iterator, 'next', read);
  ownMethod(iterator, 'return', (...args: unknown[]) => {
    isOver = true;
    if (!preventCancel) sink.cancel();
    return finish.apply(iterator, args);
  });
  return iterator;
}

/**
 * Each promise given is a new one that takes over value and failure, so that a failure nobody handles is told as it
 * would have been without us, and never twice.
 */
function tapRead(read: Read, sink: StreamSink, holds: boolean, isReleased: () => boolean): Read {
  const onError = (error: unknown): never => {
    if (!isReleased()) sink.error(error);
    throw error;
  };
  const onResult = (result: any): any => {
    if (result.done) sink.end();
    // A BYOB view may be of any type, a stream of one's own may give anything.
    else if (ArrayBuffer.isView(result.value)) sink.chunk(bytesOf(result.value));
    return result;
  };
  if (holds) return tapHeldRead(read, sink, isReleased);
  return (...args) => read(...args).then(onResult, onError);
}

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/**
 * The same where a piece may be nothing for the caller: then it reads on. Reads asked for at once wait for each other,
 * or that would let one overtake the other.
 */
function tapHeldRead(read: Read, sink: StreamSink, isReleased: () => boolean): Read {
  let last: Promise<any> | undefined;
  let outstanding = 0;
  const settle = (): void => {
    if (--outstanding === 0) last = undefined;
  };
  const give = (result: any): any => {
    settle();
    return result;
  };
  const onResult = (result: any): any => {
    if (!result.done && !(result.value instanceof Uint8Array)) return give(result);
    const value = result.done ? sink.end() : sink.chunk(result.value);
    if (value === result.value || (result.done && value.length === 0)) return give(result);
    return value.length > 0 ? give({ done: false, value }) : read().then(onResult, onError);
  };
  const onError = (error: unknown): any => {
    const rest = isReleased() ? undefined : sink.error(error);
    settle();
    // The stream stays broken: its next read fails just so.
    if (rest !== undefined && rest.length > 0) return { done: false, value: rest };
    throw error;
  };
  const start = (): Promise<any> => read().then(onResult, onError);
  return () => {
    outstanding++;
    return (last = last === undefined ? start() : last.then(start, start));
  };
}
