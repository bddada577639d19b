/**
 * OpenAI's protocol, which most others speak too: chat, completions, responses, embeddings, speech, transcription,
 * images, moderation. Source: https://platform.openai.com/docs/api-reference.
 */
import type { CallFacts, Endpoint, Operation, Provider } from '../types.js';
import { providerOfHost } from './hosts.js';
import { namedEndpoints } from './named.js';
import * as read from './openai-readers.js';
import { addUsage, count, object } from './read.js';

/** An endpoint before it is known who answers. */
type Kind = Omit<Endpoint, 'provider'>;

interface Path {
  readonly path: string;
  readonly kind: Kind;
  readonly byProvider: Map<string, Endpoint>;
}

const plain = (operation: Operation, feature: string, more: Partial<Kind> = {}): Kind => ({
  operation,
  feature,
  readRequest: read.readRequest,
  readAnswer: read.readAnswer,
  readEvent: read.readTyped,
  ...more,
});

/** Voyage's and some others' tell only the total, which is all prompt. */
function readEmbeddings(body: unknown, facts: CallFacts): void {
  read.readAnswer(body, facts);
  if (facts.usage?.promptTokens !== undefined) return;
  addUsage(facts, { promptTokens: count(object(object(body)?.['usage'])?.['total_tokens']) });
}

const chat = plain('chat', 'chat', { streamOptions: true, readEvent: read.readChunk });
const image = plain('image', 'image', {
  readRequest: read.readImageRequest,
  readAnswer: read.readImage,
  readEvent: read.readImage,
});
const heard = { readAnswer: read.readTranscript, readEvent: read.readTranscript };
const speech = plain('speech', 'tts', { readRequest: read.readSpeechRequest });

/** Where a path ends with several of these, the first is meant. */
const PATHS: readonly Path[] = Object.entries<Kind>({
  '/chat/completions': chat,
  // Mistral's; its agents tell their usage by themselves.
  '/agents/completions': plain('chat', 'chat', { readEvent: read.readChunk }),
  '/completions': plain('completion', 'chat', { readEvent: read.readChunk }),
  '/responses': plain('responses', 'chat'),
  '/responses/compact': plain('responses', 'chat'),
  '/embeddings': plain('embeddings', 'embeddings', { readAnswer: readEmbeddings }),
  '/audio/speech': speech,
  '/audio/transcriptions': plain('transcription', 'transcription', heard),
  '/audio/translations': plain('translation', 'transcription', heard),
  '/images/generations': image,
  '/images/edits': image,
  '/images/variations': image,
  '/moderations': plain('moderation', 'moderation'),
}).map(([path, kind]) => ({ path, kind, byProvider: new Map<string, Endpoint>() }));

const endingOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const byEnding = new Map<string, Path[]>();
for (const each of PATHS) {
  byEnding.set(endingOf(each.path), [...(byEnding.get(endingOf(each.path)) ?? []), each]);
}

/** Azure names the deployment in the path, and old clients name it nowhere else. */
const DEPLOYMENT = /\/deployments\/([^/]{1,128})\//;
const named = namedEndpoints();

export const openai: Provider = {
  name: 'openai',
  endings: [...byEnding.keys()],
  endpoint(host, path) {
    const found = byEnding.get(endingOf(path))?.find((each) => path.endsWith(each.path));
    if (found === undefined) return undefined;
    const provider = providerOfHost(host);
    const endpoint = found.byProvider.get(provider) ?? { provider, ...found.kind };
    found.byProvider.set(provider, endpoint);
    const deployment = provider === 'azure' ? DEPLOYMENT.exec(path)?.[1] : undefined;
    return deployment === undefined ? endpoint : named(endpoint, deployment);
  },
};
