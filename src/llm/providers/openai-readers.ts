/** What each kind of OpenAI body and stream event says. Source of every field: the API reference. */
import type { CallFacts } from '../types.js';
import { readBackground } from './openai-background.js';
import { readTools } from './openai-tools.js';
import { readUsage } from './openai-usage.js';
import {
  addIdentity,
  addUsage,
  amount,
  count,
  failureOf,
  list,
  number,
  object,
  readRequest,
  text,
} from './read.js';

export { readRequest };

export function readAnswer(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  addIdentity(facts, answer);
  readUsage(answer['usage'], facts);
  readTools(answer, facts);
  if (answer['background'] === true) readBackground(answer, facts);
  // A response object carries `error: null` when all went well; some gateways send nothing but an error with a 200.
  if (object(answer['error']) !== undefined) facts.failure = failureOf(answer['error']);
}

/** Chat and completions: text in `choices`, usage in the last event, whose `choices` may be empty. */
export function readChunk(event: unknown, facts: CallFacts): void {
  const chunk = object(event);
  if (chunk === undefined) return;
  readAnswer(chunk, facts);
  readUsage(object(chunk['x_groq'])?.['usage'], facts);
  if (facts.sawContent !== true && list(chunk['choices']).some(hasContent)) facts.sawContent = true;
}

/** A delta's `role`, and empty strings and lists, are not content yet: nobody sees them. */
function hasContent(choice: unknown): boolean {
  const found = object(choice);
  if (typeof found?.['text'] === 'string') return found['text'] !== '';
  const delta = object(found?.['delta']) ?? {};
  return Object.keys(delta).some((key) => key !== 'role' && !isEmpty(delta[key]));
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** After these nothing more comes; `response.output_text.done` and its like only end a part. */
const LAST = new Set([
  'response.completed', 'response.failed', 'response.incomplete',
  'speech.audio.done', 'transcript.text.done', 'error',
]); // prettier-ignore

/** Typed events: `response.*`, `speech.audio.*`, `transcript.text.*`, `image_generation.*`, `error`. */
export function readTyped(event: unknown, facts: CallFacts): void {
  const told = object(event);
  if (told === undefined) return;
  const type = text(told['type']) ?? '';
  readAnswer(object(told['response']) ?? told, facts);
  if (type === 'error') facts.failure ??= failureOf(told);
  if (type === 'response.failed') facts.failure ??= 'server_error';
  if (type.endsWith('.delta') || type.endsWith('.partial_image')) facts.sawContent = true;
  if (LAST.has(type)) facts.done = true;
}

export function readSpeechRequest(body: unknown, facts: CallFacts): void {
  readRequest(body, facts);
  const input = object(body)?.['input'];
  if (typeof input === 'string') addUsage(facts, { characters: codePoints(input) });
}

/** Speech is billed by the character as Unicode counts it: an emoji is one, not its two UTF-16 halves. */
function codePoints(input: string): number {
  let pairs = 0;
  for (let i = 1; i < input.length; i++) {
    if ((input.charCodeAt(i) & 0xfc00) === 0xdc00 && (input.charCodeAt(i - 1) & 0xfc00) === 0xd800) pairs++;
  }
  return input.length - pairs;
}

export function readImageRequest(body: unknown, facts: CallFacts): void {
  readRequest(body, facts);
  const request = object(body) ?? {};
  const size = text(request['size']) ?? '1024x1024';
  const variant = text(request['quality'] === 'hd' ? `hd ${size}` : size);
  addUsage(facts, { images: count(number(request['n'] ?? 1)), imageVariant: variant });
}

/** An image endpoint's answer or event: what comes out is image tokens unless its details say otherwise. */
export function readImage(body: unknown, facts: CallFacts): void {
  readTyped(body, facts);
  const made = list(object(body)?.['data']).length;
  if (made > 0) addUsage(facts, { images: made });
  if (facts.usage?.imageOutputTokens === undefined) {
    addUsage(facts, { imageOutputTokens: facts.usage?.completionTokens });
  }
}

/** Before transcripts had a `usage`, `verbose_json` told the duration at its top. */
export function readTranscript(body: unknown, facts: CallFacts): void {
  readTyped(body, facts);
  const { promptTokens, seconds } = facts.usage ?? {};
  if (promptTokens !== undefined || seconds !== undefined) return;
  addUsage(facts, { seconds: amount(number(object(body)?.['duration'])) });
}
