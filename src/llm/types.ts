/** The words of the LLM part. A tap sees bytes, a provider knows what they mean, measure.ts turns that into emits. */
import type { LlmStatus } from '../catalogue/catalogue.js';

export type { LlmStatus };

/** What is done with the model; prices and default features hang on it. */
export type Operation =
  | 'chat'
  | 'completion'
  | 'responses'
  | 'embeddings'
  | 'speech'
  | 'transcription'
  | 'translation'
  | 'image'
  | 'moderation'
  | 'rerank'
  | 'ocr'
  | 'batch'
  | 'realtime';

/** Counts as the provider bills them. A field is absent when the answer does not state it. */
export interface Usage {
  /** All prompt tokens, the cached and audio ones among them. */
  promptTokens?: number;
  /** All completion tokens, the reasoning and audio ones among them. */
  completionTokens?: number;
  cachedTokens?: number;
  cacheWriteTokens?: number;
  /** Of the tokens written to the cache those that are kept for long, at another price (an hour at Anthropic, 12 at OpenAI). */
  cacheWrite1hTokens?: number;
  reasoningTokens?: number;
  audioInputTokens?: number;
  audioOutputTokens?: number;
  cachedAudioTokens?: number;
  imageInputTokens?: number;
  cachedImageTokens?: number;
  /** Completion tokens that are an image; without a statement all those of an image endpoint. */
  imageOutputTokens?: number;
  /** Speech: characters spoken (code points), for models sold by the character. */
  characters?: number;
  /** Images made, for models sold by the image. */
  images?: number;
  /** What those images are, as a price list names it: `1024x1024`, `hd 1024x1792`. */
  imageVariant?: string;
  /** Audio heard, for models sold by the minute. */
  seconds?: number;
  /** Pages of documents read, and units of search, for models sold by those. */
  pages?: number;
  searchUnits?: number;
  /** Searches that the provider made on the web for this answer and charges beside its tokens. */
  webSearches?: number;
  /** Searches in files that the provider keeps, which it charges by the call too (OpenAI). */
  fileSearches?: number;
}

/** What is learnt of one call while it goes; a provider's readers fill it in. */
export interface CallFacts {
  /** As asked for. */
  requestModel?: string;
  /** As answered; wins. */
  responseModel?: string;
  /** The request asked for a streamed answer. */
  stream?: boolean;
  usage?: Usage;
  /** US dollars that the answer itself states (OpenRouter). Wins over every price table. */
  costUsd?: number;
  /** `default`, `flex`, `priority`, `batch`, … as answered. */
  serviceTier?: string;
  /** Set by the first stream event that carries content a user would see or hear. */
  sawContent?: boolean;
  /** Set by the event after which the provider says nothing more. */
  done?: boolean;
  /** Set by a reader of requests: this POST only goes where calls go. It is not counted. */
  isNoCall?: boolean;
  /** A failure told inside a 200 (an error event, `response.failed`). */
  failure?: LlmStatus;
  /** A response made in the background: what is answered first is no answer yet, and it can be asked for again. */
  background?: Background;
}

export interface Background {
  readonly id: string;
  /** It is completed, failed, cancelled or incomplete: nothing of it changes any more. */
  readonly isOver: boolean;
  /** From its creation to its completion, in whole seconds, where the provider tells both. */
  readonly seconds?: number | undefined;
}

/** One request of a batch, as the batch's results tell it. */
export interface BatchResult {
  readonly operation: Operation;
  readonly feature: string;
  readonly status: LlmStatus;
  readonly facts: CallFacts;
}

/** A batch that is over, as its own object tells it: the sum of its requests. */
export interface BatchSum {
  readonly facts: CallFacts;
  readonly feature: string;
  readonly succeeded: number;
  readonly failed: number;
  /** What became of those that failed, as far as the batch tells. */
  readonly failure: LlmStatus;
  /** The files that hold the results and the failures, one by one. */
  readonly outputFile: string | undefined;
  readonly errorFile: string | undefined;
}

/** What a GET brings of calls that were asked for earlier. */
export type LaterDocument =
  | {
      readonly kind: 'results';
      readonly provider: string;
      /** What the results are known by at this host: they are counted once. */
      readonly id: string;
      /** The key of the array that holds them; undefined where each line is one. */
      readonly within?: string;
      /** Undefined for what is no result of a batch. */
      read(value: unknown): BatchResult | undefined;
      /** What the text before the first result tells of all. */
      readHead?(text: string): { readonly model?: string | undefined; readonly id?: string | undefined };
    }
  | {
      readonly kind: 'batch';
      readonly provider: string;
      readonly id: string;
      /** Undefined while it is not over, and where it does not tell what it used. */
      read(body: unknown): BatchSum | undefined;
    }
  | { readonly kind: 'response'; readonly endpoint: Endpoint };

/**
 * One endpoint of a provider: pure functions from parsed bodies to facts. They get whatever JSON a server sent, so
 * every field may be of any type or missing; they must not keep text. When they throw, the call is counted without
 * what they would have said.
 */
export interface Endpoint {
  readonly provider: string;
  readonly operation: Operation;
  /** The feature of calls for which the application named none. */
  readonly feature: string;
  /** Streamed usage may be asked for with `stream_options.include_usage`. */
  readonly streamOptions?: true;
  readRequest(body: unknown, facts: CallFacts): void;
  /** The head of a 2xx answer, where a provider counts there; the body's own word comes later and wins. */
  readHead?(header: (name: string) => string | null | undefined, facts: CallFacts): void;
  /** The whole body of a 2xx answer that is JSON. */
  readAnswer(body: unknown, facts: CallFacts): void;
  /** One event of a streamed answer: SSE data or an NDJSON line. Not every event is shown: see taps. */
  readEvent(event: unknown, facts: CallFacts): void;
}

/** A provider family: finds the endpoint of a POST, or undefined when it is none of this family. */
export interface Provider {
  readonly name: string;
  /**
   * What its paths may end with: the text after the last `/` or `:`. A POST with any other ending costs one look-up
   * and is never shown to a provider.
   */
  readonly endings: readonly string[];
  /** What paths of its begin with that end in an id. */
  readonly beginning?: string;
  /** `path` is the URL's path without query. Called for POSTs only; must be cheap. */
  endpoint(host: string, path: string): Endpoint | undefined;
}

/** One call, finished: exactly one for each exchange with a provider; of a batch, one for each of its requests, or for all. */
export interface LlmEvent {
  readonly provider: string;
  readonly operation: Operation;
  /** The response's model, else the request's, as given; undefined when neither is known. */
  readonly model: string | undefined;
  /** As asked for, when the answer named another: an Azure deployment can have its own price. */
  readonly requestModel?: string;
  readonly feature: string;
  readonly status: LlmStatus;
  /** Seconds. Absent where it says nothing of the call: a batch takes hours by its nature. */
  readonly duration?: number;
  /** Seconds; only of streamed answers with content. */
  readonly timeToFirstToken?: number;
  readonly usage?: Usage;
  readonly costUsd?: number;
  readonly serviceTier?: string;
  /** How many requests these figures are the sum of; 1 unless told. */
  readonly requests?: number;
  /** The SDK sent this call again after a failure. */
  readonly isRetry: boolean;
}
