/** What the taps and what they tell agree on: a call, and a session over a WebSocket, as each sees the other. */
import type { SocketTarget } from '../providers/openai-socket.js';
import type { Endpoint } from '../types.js';

/** Gives a request header's value; asked for lower-case names. */
export type HeaderReader = (name: string) => string | undefined;

export interface CallStart {
  readonly endpoint: Endpoint;
  readonly feature: string;
  readonly isRetry: boolean;
  /** The request's abort signal. */
  readonly signal: AbortSignal | undefined;
  /** Seconds after which the SDK gives up by itself, where it says so. */
  readonly timeLimit: number | undefined;
}

export interface Call {
  /** The parsed body of the request. */
  requestBody(body: unknown): void;
  /** We asked for the usage of this stream: it is to be taken out of the answer again. */
  askedForUsage(): void;
  /** The answer's head. `header` is asked for lower-case names. */
  response(status: number, header: (name: string) => string | null | undefined): void;
  /** A piece of the answer's body, decoded. Gives what the caller is to have of it: itself, unless usage is stripped. */
  chunk(bytes: Uint8Array): Uint8Array;
  /** The body is over. Gives what of it was held back. */
  end(): Uint8Array;
  /** No answer, or it broke; an abort and a timeout are told so too. Gives what was held back. */
  error(error: unknown): Uint8Array;
  /** The caller wants no more. */
  cancel(): void;
  /** Nobody can read on any more: what was to be read was collected, or the process ends. */
  abandon(): void;
  /** It was no call after all (a redirect, which comes back as a call of its own). */
  forget(): void;
}

export type StartSocket = (target: SocketTarget, header: HeaderReader) => Handshake | undefined;

export interface Handshake {
  /** Is told of a failure; a refusal is counted by its status. */
  readonly call: Call;
  /** It succeeded. */
  open(): Watched;
}

/** A session, behind the wall. */
export interface Watched {
  /** Gives the socket methods of its own, which see what the application does. */
  watch(socket: object): void;
  received(data: unknown): void;
  /**
   * The other side ends it, by a close frame with this code, or by breaking the protocol: what is called now to close
   * the socket is not the application's doing.
   */
  ending(code: unknown): void;
  closed(): void;
}
