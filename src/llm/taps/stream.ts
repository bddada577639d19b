/**
 * Sees the bytes of one ReadableStream as its reader takes them. Only this one instance is touched, by own properties:
 * identity, laziness, back-pressure, errors and cancellation stay the stream's own, and nothing is kept.
 */
import { own, ownMethod } from '../../hook/own.js';
import type { Call } from './call.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the pieces of a stream are its maker's own */
type Stream = ReadableStream<any>;
type Read = (...args: any[]) => Promise<any>;
export type StreamSink = Pick<Call, 'chunk' | 'end' | 'error' | 'cancel'>;

/** What undici cancels the body of a collected, unread Response with: nobody chose to cancel. */
const COLLECTED = 'Response object has been garbage collected';

/**
 * Tells of a stream that is split from inside whether that was seen.
 * @param holds the sink may hold bytes back: then pieces can vanish or come later.
 */
export function tapStream(stream: Stream, sink: StreamSink, holds: boolean): () => boolean {
  const { getReader, tee, pipeTo, pipeThrough, values, cancel } = stream;
  /** Stands in for the stream where Node reads it from inside, past any reader we could touch. */
  let twin: Stream | undefined;

  const tapped = (): any => tapReader(getReader.call(stream) as any, sink, holds);

  function makeTwin(): Stream {
    // Taken at the first read, so that a stream which is not read stays unlocked.
    let reader: any;
    const lock = (): any => (reader ??= tapped());
    return new ReadableStream(
      {
        ...(isByteStream(stream, getReader) && { type: 'bytes' as const }),
        async pull(controller: any) {
          const { done, value } = await lock().read();
          if (!done) return controller.enqueue(value);
          controller.close();
          controller.byobRequest?.respond(0);
        },
        cancel: (reason: unknown) => lock().cancel(reason),
      } as any,
      { highWaterMark: 0 },
    );
  }

  /** Hands the twin to Node; from then on the twin is the stream. */
  function viaTwin<T>(use: (twin: Stream) => T): T {
    if (twin !== undefined || stream.locked) return use(twin ?? stream);
    const made = makeTwin();
    const result = use(made);
    if (!made.locked) return result;
    twin = made;
    own(stream, { locked: { get: () => made.locked } });
    return result;
  }

  const methods = {
    getReader(options?: any) {
      if (twin !== undefined) return getReader.call(twin, options);
      if (options?.mode === undefined) return tapped();
      if (holds) return viaTwin((made) => getReader.call(made, options));
      return tapReader(getReader.call(stream, options), sink, false);
    },
    values(options?: any) {
      if (twin !== undefined) return values.call(twin, options);
      return tapIterator(values.call(stream, options), sink, holds, options?.preventCancel === true);
    },
    tee: () => viaTwin((made) => tee.call(made)),
    pipeTo: (...args: any[]) => viaTwin((made) => (pipeTo as Read).apply(made, args)),
    pipeThrough: (...args: any[]) => viaTwin((made) => (pipeThrough as any).apply(made, args)),
    cancel(reason?: any) {
      if (twin !== undefined) return cancel.call(twin, reason);
      if (!stream.locked && reason !== COLLECTED) sink.cancel();
      return cancel.call(stream, reason);
    },
  };
  ownMethod(stream, 'getReader', methods.getReader);
  ownMethod(stream, 'values', methods.values);
  ownMethod(stream, 'tee', methods.tee);
  ownMethod(stream, 'pipeTo', methods.pipeTo);
  ownMethod(stream, 'pipeThrough', methods.pipeThrough);
  ownMethod(stream, 'cancel', methods.cancel);
  ownMethod(stream, Symbol.asyncIterator, methods.values);
  return () => twin !== undefined;
}

function isByteStream(stream: Stream, getReader: Stream['getReader']): boolean {
  try {
    getReader.call(stream, { mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

function tapReader(reader: any, sink: StreamSink, holds: boolean): any {
  const { read, cancel, releaseLock } = reader;
  let isReleased = false;
  const source: Read = (...args) => read.apply(reader, args);
  ownMethod(
    reader,
    'read',
    tapRead(source, sink, holds, () => isReleased),
  );
  ownMethod(reader, 'cancel', (reason?: unknown) => {
    if (!isReleased) sink.cancel();
    return cancel.call(reader, reason);
  });
  ownMethod(reader, 'releaseLock', () => {
    // What is still being read is refused then, which is no failure of the stream.
    isReleased = true;
    return releaseLock.call(reader);
  });
  return reader;
}

function tapIterator(iterator: any, sink: StreamSink, holds: boolean, preventCancel: boolean): any {
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
