/** What Google's bodies and stream events say; each event of a stream has the form of a whole answer. */
import type { CallFacts } from '../types.js';
import { readInteractionUsage, readUsage } from './google-usage.js';
import { addUsage, count, failureOf, list, object, text } from './read.js';

/** Whether an answer streams is in the path; the tap sees it by the answer's own type. */
export function readRequest(): void {}

/** A stream that was not asked for as SSE comes as one array of its events. */
export function readAnswer(body: unknown, facts: CallFacts): void {
  if (Array.isArray(body)) return body.forEach((each) => readAnswer(each, facts));
  const answer = object(body);
  if (answer === undefined) return;
  const model = text(answer['modelVersion']);
  if (model !== undefined) facts.responseModel = model;
  readUsage(answer['usageMetadata'], facts);
  if (object(answer['error']) !== undefined) facts.failure = failureOf(answer['error']);
  if (facts.sawContent !== true && list(answer['candidates']).some(hasContent)) facts.sawContent = true;
}

/** After an error nothing comes, and Google's own SDK lets go of the stream without a word. */
export function readEvent(event: unknown, facts: CallFacts): void {
  readAnswer(event, facts);
  if (facts.failure !== undefined) facts.done = true;
}

/** A part is text, sound, a picture, a call; an empty text or a bare signature is nothing a user would see. */
function hasContent(candidate: unknown): boolean {
  return list(object(object(candidate)?.['content'])?.['parts']).some((value) =>
    Object.entries(object(value) ?? {}).some(
      ([key, part]) => key !== 'thought' && key !== 'thoughtSignature' && part !== '',
    ),
  );
}

/** Vertex' older method: embeddings tell their tokens each, pictures are counted. */
export function readPrediction(body: unknown, facts: CallFacts): void {
  const predictions = list(object(body)?.['predictions']).map(object);
  const tokens = predictions.map((each) =>
    count(object(object(each?.['embeddings'])?.['statistics'])?.['token_count']),
  );
  const images = predictions.filter((each) => typeof each?.['bytesBase64Encoded'] === 'string').length;
  const isTold = tokens.some((each) => each !== undefined);
  addUsage(facts, {
    promptTokens: isTold ? count(tokens.reduce<number>((sum, each) => sum + (each ?? 0), 0)) : undefined,
    images: images > 0 ? images : undefined,
  });
}

export function readInteractionRequest(body: unknown, facts: CallFacts): void {
  const request = object(body);
  const model = text(request?.['model']);
  if (model !== undefined) facts.requestModel = model;
  if (request?.['stream'] === true) facts.stream = true;
}

export function readInteraction(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  const model = text(answer['model']);
  if (model !== undefined) facts.responseModel = model;
  const tier = text(answer['service_tier']);
  if (tier !== undefined) facts.serviceTier = tier;
  readInteractionUsage(answer['usage'], facts);
  if (answer['status'] === 'failed') facts.failure ??= 'server_error';
  if (object(answer['error']) !== undefined) facts.failure = failureOf(answer['error']);
}

export function readInteractionEvent(value: unknown, facts: CallFacts): void {
  const event = object(value);
  if (event === undefined) return;
  readInteraction(object(event['interaction']) ?? event, facts);
  if (event['event_type'] === 'step.delta') facts.sawContent = true;
  if (event['event_type'] === 'interaction.completed' || event['event_type'] === 'error') facts.done = true;
}
