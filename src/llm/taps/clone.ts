/**
 * `response.clone()` where undici splits the body from inside, past any method of the stream (from its version 8, in
 * Node 26): then both halves are tapped, and what both read is told once.
 */
import { ownMethod } from '../../hook/own.js';
import type { StreamSink } from './reader.js';
import { tapStream } from './stream.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- any fetch's Response */
/** Taps the body of a response, and of every clone of it. */
export function tapBody(response: any, sink: StreamSink, holds: boolean): void {
  const body: unknown = response.body;
  const isTaken = tapStream(response.body, sink, holds);
  const { clone } = response;
  ownMethod(response, 'clone', () => {
    const copy: any = clone.call(response);
    if (isTaken()) return copy;
    if (response.body !== body) {
      const branch = shared(sink, holds);
      tapBody(response, branch(), holds);
      tapBody(copy, branch(), holds);
    }
    return copy;
  });
}

interface Told {
  /** What the sink made of a piece, for the branch that comes to it second; undefined where that is the piece itself. */
  readonly result: Uint8Array | undefined;
}

/** Makes sinks for two branches that read the same pieces: the first to come to one tells it. */
function shared(sink: StreamSink, holds: boolean): () => StreamSink {
  const told = new Map<number, Told>();
  let count = 0;
  let cancelled = 0;

  function tell(at: number, work: () => Uint8Array, given?: Uint8Array): Uint8Array {
    if (at === count) {
      count++;
      const result = work();
      if (holds) told.set(at, { result: result === given ? undefined : result.slice() });
      return result;
    }
    const { result } = told.get(at) ?? {};
    told.delete(at);
    return result ?? given ?? new Uint8Array(0);
  }

  return () => {
    let at = 0;
    return {
      chunk: (bytes) => tell(at++, () => sink.chunk(bytes), bytes),
      end: () => tell(at++, () => sink.end()),
      error: (error) => tell(at++, () => sink.error(error)),
      cancel() {
        if (++cancelled === 2) sink.cancel();
      },
    };
  };
}
