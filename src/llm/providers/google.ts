/**
 * Google's models on the Gemini API and on Vertex: `models/<model>:<method>`, the same behind any host, and interactions.
 * Source: https://ai.google.dev/api and https://cloud.google.com/vertex-ai/docs/reference/rest.
 */
import type { Endpoint, Operation, Provider } from '../types.js';
import * as read from './google-readers.js';
import { providerOfHost } from './hosts.js';
import { namedEndpoints } from './named.js';

/** An endpoint before it is known who answers. */
type Kind = Omit<Endpoint, 'provider'>;

const kind = (operation: Operation, feature: string, more: Partial<Kind> = {}): Kind => ({
  operation,
  feature,
  readRequest: read.readRequest,
  readAnswer: read.readAnswer,
  readEvent: read.readEvent,
  ...more,
});

const chat = kind('chat', 'chat');
const embeddings = kind('embeddings', 'embeddings');
const predicted = { readAnswer: read.readPrediction };
/** Models by the name of what they make; all others speak. */
const BY_NAME: readonly (readonly [RegExp, Kind])[] = [
  [/-tts(?:-|$)/, kind('speech', 'tts')],
  [/-image(?:-|$)/, kind('image', 'image')],
];
/** Anything can be asked to predict, also what is no language model. */
const PREDICTED: readonly (readonly [RegExp, Kind])[] = [
  [/^imagen-/, kind('image', 'image', predicted)],
  [/embedding/, kind('embeddings', 'embeddings', predicted)],
];

const of = (model: string, kinds: typeof BY_NAME): Kind | undefined =>
  kinds.find(([name]) => name.test(model))?.[1];

const METHODS: Readonly<Record<string, (model: string) => Kind | undefined>> = {
  generateContent: (model) => of(model, BY_NAME) ?? chat,
  streamGenerateContent: (model) => of(model, BY_NAME) ?? chat,
  embedContent: () => embeddings,
  batchEmbedContents: () => embeddings,
  predict: (model) => of(model, PREDICTED),
};

const PATH = /\/(?:models|tunedModels|endpoints)\/([^/:]{1,128}):([A-Za-z]+)$/;
/** One resource for models and agents, to which a conversation is posted turn by turn. */
const INTERACTIONS = /\/v1(?:alpha|beta\d?)?(?:\/projects\/[^/]+\/locations\/[^/]+)?\/interactions$/;
const interactions = kind('responses', 'chat', {
  readRequest: read.readInteractionRequest,
  readAnswer: read.readInteraction,
  readEvent: read.readInteractionEvent,
});

/** `us-central1-aiplatform.googleapis.com`, `aiplatform.us.rep.googleapis.com`. */
const VERTEX_HOST = /(?:^|-)aiplatform\.(?:[\w-]+\.rep\.)?googleapis\.com(?::\d+)?$/;

const whole = new Map<Kind, Map<string, Endpoint>>();
const withModel = namedEndpoints();

function endpointOf(host: string, found: Kind): Endpoint {
  const provider = VERTEX_HOST.test(host) ? 'google' : providerOfHost(host);
  const byProvider = whole.get(found) ?? new Map<string, Endpoint>();
  whole.set(found, byProvider);
  const endpoint = byProvider.get(provider) ?? { provider, ...found };
  byProvider.set(provider, endpoint);
  return endpoint;
}

export const google: Provider = {
  name: 'google',
  endings: [...Object.keys(METHODS), 'interactions'],
  endpoint(host, path) {
    if (INTERACTIONS.test(path)) return endpointOf(host, interactions);
    const [, model = '', method = ''] = PATH.exec(path) ?? [];
    const found = METHODS[method]?.(model);
    return found && withModel(endpointOf(host, found), model);
  },
};
