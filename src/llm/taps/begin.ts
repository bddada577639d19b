/** What both roads to a provider need to know of a request before it leaves. */
import type { CallStart, HeaderReader, StartSocket } from './contract.js';
import type { Config } from '../../config.js';
import type { Guard } from '../../guard.js';
import type { Log } from '../../log.js';
import type { CallLog } from './call.js';
import type { Later } from './later.js';
import { FEATURE_HEADER, featureOf } from '../feature.js';
import type { Endpoint } from '../types.js';

export interface TapOptions {
  readonly calls: CallLog;
  /** What brings calls asked for earlier. */
  readonly later?: Later;
  /** What handshakes of WebSockets are told to. */
  readonly sockets?: { readonly start: StartSocket };
  readonly guard: Guard;
  readonly log: Log;
  readonly config: Pick<Config, 'llmStreamUsage'>;
}

export function callStart(
  endpoint: Endpoint,
  header: HeaderReader,
  signal: AbortSignal | undefined,
): CallStart {
  // The SDKs made by Stainless (OpenAI, Anthropic and others) tell both; the limit is in whole seconds.
  const limit = header('x-stainless-timeout');
  return {
    endpoint,
    feature: featureOf(header(FEATURE_HEADER), endpoint.feature),
    isRetry: isRetry(header),
    timeLimit: limit === undefined || Number.isNaN(Number(limit)) ? undefined : Number(limit),
    signal,
  };
}

/** AWS's SDK tells the attempt: `attempt=2; max=3`. */
function isRetry(header: HeaderReader): boolean {
  if (Number(header('x-stainless-retry-count') ?? 0) > 0) return true;
  return Number(/attempt=(\d+)/.exec(header('amz-sdk-request') ?? '')?.[1] ?? 1) > 1;
}

/** Whether a host may be asked for the usage of a stream. `host` is lower-case and may carry a port. */
export function mayAskForUsage(
  endpoint: Endpoint,
  host: string,
  { llmStreamUsage }: TapOptions['config'],
): boolean {
  if (endpoint.streamOptions !== true || llmStreamUsage.includes('off')) return false;
  const name = host.replace(/:\d+$/, '');
  // OpenAI has hosts by region too: eu.api.openai.com.
  if (name === 'api.openai.com' || name.endsWith('.api.openai.com')) return true;
  return llmStreamUsage.includes(name) || llmStreamUsage.includes(host);
}

/**
 * Whether a request carries a signature or a digest of its body: then no byte of that may change.
 * AWS's Signature Version 4, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html;
 * RFC 9421, RFC 9530.
 */
export function isSigned(header: HeaderReader): boolean {
  if (/^AWS4-/.test(header('authorization') ?? '')) return true;
  return BODY_BOUND.some((name) => header(name) !== undefined);
}

const BODY_BOUND = ['x-amz-content-sha256', 'content-digest', 'digest', 'content-md5', 'signature'];

/** Whether the name of the feature is itself among what is signed: then it must go along, or the request is refused. */
export function keepsFeatureHeader(header: HeaderReader): boolean {
  const signed = /SignedHeaders=([^, ]+)/i.exec(header('authorization') ?? '')?.[1];
  if (signed?.toLowerCase().split(';').includes(FEATURE_HEADER) === true) return true;
  return header('signature-input')?.toLowerCase().includes(`"${FEATURE_HEADER}"`) === true;
}
