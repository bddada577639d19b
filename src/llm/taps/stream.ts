/**
 * Sees the bytes of one ReadableStream as its reader takes them. Only this one instance is touched: identity, laziness,
 * back-pressure, errors and cancellation stay the stream's own, and nothing is kept.
 */
import { createOverlay } from '../../hook/overlay.js';
import { own } from '../../hook/own.js';
import { tapIterator, tapReader, type StreamSink } from './reader.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the pieces of a stream are its maker's own */
type Stream = ReadableStream<any>;
type AnyFunction = (...args: any[]) => any;

interface Tap {
  readonly sink: StreamSink;
  readonly holds: boolean;
  /** The class's own. */
  readonly getReader: AnyFunction;
  /** Stands in for the stream where Node reads it from inside, past any reader we could touch. */
  twin: Stream | undefined;
}

/** What undici cancels the body of a collected, unread Response with: nobody chose to cancel. */
const COLLECTED = 'Response object has been garbage collected';

/**
 * Tells of a stream that is split from inside whether that was seen.
 * @param holds the sink may hold bytes back: then pieces can vanish or come later.
 */
export function tapStream(stream: Stream, sink: StreamSink, holds: boolean): () => boolean {
  const tap: Tap = { sink, holds, getReader: stream.getReader, twin: undefined };
  overlay(stream, tap);
  return () => tap.twin !== undefined;
}

const values = (stream: Stream, { twin, sink, holds }: Tap, original: AnyFunction, args: any[]): any =>
  twin === undefined
    ? tapIterator(original.apply(stream, args), sink, holds, args[0]?.preventCancel === true)
    : original.apply(twin, args);

const viaTwin = (stream: Stream, tap: Tap, original: AnyFunction, args: any[]): any =>
  useTwin(stream, tap, (twin) => original.apply(twin, args));

const overlay = createOverlay<Tap>({
  getReader(stream: Stream, tap, original, args) {
    const { twin, sink, holds } = tap;
    if (twin !== undefined) return original.apply(twin, args);
    const isByob = args[0]?.mode !== undefined;
    if (isByob && holds) return useTwin(stream, tap, (made) => original.apply(made, args));
    return tapReader(original.apply(stream, args), sink, holds);
  },
  values,
  [Symbol.asyncIterator]: values,
  tee: viaTwin,
  pipeTo: viaTwin,
  pipeThrough: viaTwin,
  cancel(stream: Stream, { twin, sink }, original, args) {
    if (twin !== undefined) return original.apply(twin, args);
    if (!stream.locked && args[0] !== COLLECTED) sink.cancel();
    return original.apply(stream, args);
  },
});

/** Hands the twin to Node; from then on the twin is the stream. */
function useTwin<T>(stream: Stream, tap: Tap, use: (twin: Stream) => T): T {
  if (tap.twin !== undefined || stream.locked) return use(tap.twin ?? stream);
  const made = makeTwin(stream, tap);
  const result = use(made);
  if (!made.locked) return result;
  tap.twin = made;
  own(stream, { locked: { get: () => made.locked } });
  return result;
}

function makeTwin(stream: Stream, { sink, holds, getReader }: Tap): Stream {
  // Taken at the first read, so that a stream which is not read stays unlocked.
  let reader: any;
  const lock = (): any => (reader ??= tapReader(getReader.call(stream), sink, holds));
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

function isByteStream(stream: Stream, getReader: AnyFunction): boolean {
  try {
    getReader.call(stream, { mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}
