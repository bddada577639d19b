/**
 * AWS Bedrock's own API: Converse, which is one for all models, and InvokeModel, where each model speaks its own
 * language. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and
 * …/userguide/model-parameters.html; of Nova Sonic https://docs.aws.amazon.com/nova/latest/userguide/output-events.html.
 */
import type { CallFacts, Endpoint, Operation, Provider } from '../types.js';
import { readAnswer, readEvent } from './bedrock-events.js';
import { readHead, readVoiceUsage } from './bedrock-usage.js';
import { namedEndpoints } from './named.js';
import { object, text, type Json } from './read.js';

const PATH = /\/model\/([^/]{1,2048}|arn:.{1,2048})\/(?:converse|invoke)[a-z-]*$/;
const SPOKEN = 'invoke-with-bidirectional-stream';
const ENDINGS = ['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream', SPOKEN];

/** Ids the account's owner made; they do not say which model is behind them. */
const OPAQUE = /^arn:[^:]*:bedrock:.*:(?:application-inference-profile|provisioned-model|custom-model|custom-model-deployment|imported-model|prompt|prompt-router|default-prompt-router)\//; // prettier-ignore

/** `vendor.model`, with the regions it may run in or without; or an ARN. */
const MODEL_ID = /^(?:arn:|[a-z-]+\.)/;

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
