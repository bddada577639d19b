/**
 * AWS Bedrock's own API: Converse, which is one for all models, and InvokeModel, where each model speaks its own
 * language. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and
 * …/userguide/model-parameters.html; of Nova Sonic https://docs.aws.amazon.com/nova/latest/userguide/output-events.html.
 */
import type { CallFacts, Endpoint, LlmStatus, Operation, Provider } from '../types.js';
import { readHead, readMetrics, readUsage, readVoiceUsage } from './bedrock-usage.js';
import { namedEndpoints } from './named.js';
import { addUsage, list, object, text, type Json } from './read.js';

const PATH = /\/model\/([^/]{1,2048}|arn:.{1,2048})\/(?:converse|invoke)[a-z-]*$/;
const SPOKEN = 'invoke-with-bidirectional-stream';
const ENDINGS = ['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream', SPOKEN];

/** Ids the account's owner made; they do not say which model is behind them. */
const OPAQUE = /^arn:[^:]*:bedrock:.*:(?:application-inference-profile|provisioned-model|custom-model|custom-model-deployment|imported-model|prompt|prompt-router|default-prompt-router)\//; // prettier-ignore

/** `vendor.model`, with the regions it may run in or without; or an ARN. */
const MODEL_ID = /^(?:arn:|[a-z-]+\.)/;

function readAnswer(body: unknown, facts: CallFacts): void {
  const answer = object(body);
  if (answer === undefined) return;
  readUsage(answer, facts);
  const tier = text(object(answer['serviceTier'])?.['type']);
  if (tier !== undefined) facts.serviceTier = tier;
  const images = list(answer['images']).length;
  if (images > 0) addUsage(facts, { images });
}

/** One event, under its type; a `chunk` holds one of the model's own. */
function readEvent(value: unknown, facts: CallFacts): void {
  for (const [kind, payload] of Object.entries(object(value) ?? {})) {
    const told = object(payload) ?? {};
    if (kind === 'metadata') {
      readAnswer(told, facts);
      facts.done = true;
    } else if (kind === 'chunk') readChunk(told, facts);
    else if (/exception$|^error$/i.test(kind)) {
      facts.failure = failureOf(kind);
      facts.done = true;
    } else if (hasContent({ [kind]: told })) facts.sawContent = true;
  }
}

function readChunk(chunk: Json, facts: CallFacts): void {
  readAnswer(object(chunk['message']) ?? object(chunk['metadata']) ?? chunk, facts);
  if (facts.sawContent !== true && hasContent(chunk)) facts.sawContent = true;
  const metrics = object(chunk['amazon-bedrock-invocationMetrics']);
  if (metrics === undefined) return;
  readMetrics(metrics, facts);
  facts.done = true;
}

/** Where the models of Bedrock put what they say: Converse and Nova, Anthropic, Llama, Titan, and those like OpenAI. */
function hasContent(event: Json): boolean {
  const delta = object(object(event['contentBlockDelta'])?.['delta']) ?? object(event['delta']);
  const said = [
    ...Object.entries(delta ?? {}).filter(([key]) => key !== 'type').map(([, part]) => part),
    ...(event['type'] === 'message_delta' ? [] : [event['generation'], event['outputText'], event['text']]),
    ...list(event['choices']).map((choice) => object(object(choice)?.['delta'])?.['content']),
    ...list(event['outputs']).map((output) => object(output)?.['text']),
  ]; // prettier-ignore
  return (
    event['type'] !== 'message_delta' &&
    said.some((part) => part !== undefined && part !== null && part !== '')
  );
}

function failureOf(exception: string): LlmStatus {
  if (/throttl|quota/i.test(exception)) return 'rate_limited';
  if (/timeout/i.test(exception)) return 'timeout';
  return /validation|denied|not_?found|conflict/i.test(exception) ? 'client_error' : 'server_error';
}

const kind = (operation: Operation, feature: string): Endpoint => ({
  provider: 'aws',
  operation,
  feature,
  readRequest: () => undefined,
  readHead,
  readAnswer,
  readEvent,
});

const chat = kind('chat', 'chat');
const embeddings = kind('embeddings', 'embeddings');
const image = kind('image', 'image');

function kindOf(model: string): Endpoint {
  if (/embed/.test(model)) return embeddings;
  return /canvas|image-generator|stability\./.test(model) ? image : chat;
}

/** A conversation by voice is one call, from its first event to its last; its counts grow with each answer in it. */
const voice: Endpoint = {
  ...kind('realtime', 'voice_realtime'),
  readEvent(value, facts) {
    readEvent(value, facts);
    // What is said first answers nothing in particular: the whole call is no single question.
    delete facts.sawContent;
    readVoiceUsage(object(object(object(value)?.['chunk'])?.['event'])?.['usageEvent'], facts);
  },
};

function readModel(answer: Json | undefined, facts: CallFacts): void {
  const model = text(answer?.['model']);
  if (model !== undefined) facts.responseModel = model;
}

/** Behind an id that says nothing, the model is the one that the answer names, where it does. */
const opaque: Endpoint = {
  ...chat,
  readAnswer(body, facts) {
    readAnswer(body, facts);
    readModel(object(body), facts);
  },
  readEvent(event, facts) {
    readEvent(event, facts);
    readModel(object(object(object(event)?.['chunk'])?.['message']), facts);
  },
};

const named = namedEndpoints();
const namedOpaque = namedEndpoints();

export const bedrock: Provider = {
  name: 'aws',
  endings: ENDINGS,
  endpoint(_host, path) {
    const id = decoded(PATH.exec(path)?.[1]);
    if (id === undefined || !MODEL_ID.test(id)) return undefined;
    const model = id.slice(id.lastIndexOf('/') + 1);
    if (path.endsWith(SPOKEN)) return named(voice, model);
    return OPAQUE.test(id) ? namedOpaque(opaque, model) : named(kindOf(model), model);
  },
};

function decoded(id: string | undefined): string | undefined {
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
