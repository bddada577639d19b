/** Where answers are fetched that were asked for earlier: batches and responses made in the background. */
import type { Endpoint, LaterDocument } from '../types.js';
import { readLine as readAnthropic } from './batch-anthropic.js';
import * as google from './batch-google.js';
import * as openaiBatch from './batch-openai.js';
import { providerOfHost } from './hosts.js';
import { openai } from './openai.js';

/** Told of nearly every other URL at once. */
const MAYBE = /\/(?:responses\/resp_|batch(?:es)?\/|files\/)/;

/** A response that is asked for, and one that is given up; either gives it as it stands. */
const RESPONSE = /\/responses\/resp_[\w-]{1,120}$/;
const CANCEL = /\/responses\/resp_[\w-]{1,120}\/cancel$/;
const BATCH = /\/batches\/(batch_[\w-]{1,120})$/;
const FILE = /\/files\/([\w-]{1,120})\/content$/;
const ANTHROPIC = /\/messages\/batches\/([\w-]{1,120})\/results$/;
const GOOGLE_BATCH = /\/batches\/([\w-]{1,120})$/;
const GOOGLE_FILE = /\/files\/([\w-]{1,120}):download$/;
const MISTRAL = /\/batch\/jobs\/([\w-]{1,120})$/;

/** Whether a URL is worth to be looked at. Asked for every GET the application sends: some 50 ns. */
export const mayBeLater = (url: string): boolean => MAYBE.test(url);

/** Undefined for whatever else. `path` has no query. Whether it is one of these in truth is told by what comes. */
export function findLater(method: string, host: string, path: string): LaterDocument | undefined {
  if (!MAYBE.test(path)) return undefined;
  if (method === 'POST') return CANCEL.test(path) ? responseAt(host) : undefined;
  if (RESPONSE.test(path)) return responseAt(host);
  const provider = providerOfHost(host);
  const results = (id: string | undefined, read: typeof openaiBatch.readLine, more: object = {}) =>
    id === undefined ? undefined : { kind: 'results' as const, provider, id, read, ...more };
  if (provider === 'google') {
    const inline = { within: 'inlinedResponses', readHead: google.readHead };
    return (
      results(GOOGLE_FILE.exec(path)?.[1], google.readResult) ??
      results(GOOGLE_BATCH.exec(path)?.[1], google.readResult, inline)
    );
  }
  const batch = BATCH.exec(path)?.[1];
  if (batch !== undefined) return { kind: 'batch', provider, id: batch, read: openaiBatch.readBatch };
  const inline = { within: 'outputs', readHead: openaiBatch.readJobHead };
  return (
    results(FILE.exec(path)?.[1], openaiBatch.readLine) ??
    results(ANTHROPIC.exec(path)?.[1], readAnthropic) ??
    results(MISTRAL.exec(path)?.[1], openaiBatch.readLine, inline)
  );
}

function responseAt(host: string): LaterDocument {
  return { kind: 'response', endpoint: openai.endpoint(host, '/responses') as Endpoint };
}
