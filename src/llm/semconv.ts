/**
 * OpenTelemetry's GenAI metrics from the same events as ours, for tools that read those. Pure: values in, emits out.
 * Names, attributes, buckets: https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-metrics.md,
 * status Development, 2026-11.
 */
import type { HistogramSpec } from '../metrics/semconv.js';
import { normaliseModel } from './model.js';
import type { LlmEvent, Operation } from './types.js';

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

export const GEN_AI_METRICS = {
  'gen_ai.client.token.usage': {
    unit: '{token}',
    description: 'Number of input and output tokens used.',
    bounds: [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  },
  'gen_ai.client.operation.duration': {
    unit: 's',
    description: 'GenAI operation duration.',
    bounds: SECONDS,
  },
  'gen_ai.client.operation.time_to_first_chunk': {
    unit: 's',
    description:
      'Time to receive the first chunk, measured from when the client issues the generation request to when the first chunk is received in the response stream.',
    bounds: SECONDS,
  },
} as const satisfies Record<string, HistogramSpec>;

export type GenAiMetric = keyof typeof GEN_AI_METRICS;

export type EmitGenAi = (name: GenAiMetric, value: number, attributes: Record<string, string>) => void;

/** The convention's names of providers where ours is another; whom it does not know keeps ours. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  aws: 'aws.bedrock',
  google: 'gcp.gemini',
  'google-vertex': 'gcp.vertex_ai',
  mistral: 'mistral_ai',
  moonshotai: 'moonshot_ai',
  'x-ai': 'x_ai',
};

/** The same of operations. For speech, transcription, moderation, batch, realtime the convention has no name. */
const OPERATIONS: Partial<Record<Operation, string>> = {
  responses: 'chat',
  completion: 'text_completion',
  image: 'generate_content',
};

/** Past so many models a further one is `_OTHER`: junk must not mint series. As many as our own metrics have. */
export const MAX_MODELS = 100;

/** Gives the function that measures one call. It remembers which models there were. */
export function createGenAiMeasure(emit: EmitGenAi): (event: LlmEvent) => void {
  const models = new Set<string>();
  const bounded = (model: string | undefined): string | undefined => {
    if (normaliseModel(model) === undefined || model === undefined) return undefined;
    if (!models.has(model) && models.size >= MAX_MODELS) return '_OTHER';
    models.add(model);
    return model;
  };

  return (event) => {
    // These are distributions over single calls: a sum of several would be one odd call.
    if (event.requests !== undefined && event.requests !== 1) return;
    const { status, usage, duration, timeToFirstToken } = event;
    const attributes = attributesOf(event, bounded);
    const tokens = (type: 'input' | 'output', count: number | undefined): void => {
      if (isCount(count))
        emit('gen_ai.client.token.usage', count, { ...attributes, 'gen_ai.token.type': type });
    };
    tokens('input', usage?.promptTokens);
    tokens('output', usage?.completionTokens);
    const isFailure = status !== 'success' && status !== 'cancelled';
    const failed = isFailure && { 'error.type': status };
    if (duration !== undefined) {
      emit('gen_ai.client.operation.duration', duration, { ...attributes, ...failed });
    }
    if (timeToFirstToken !== undefined)
      emit('gen_ai.client.operation.time_to_first_chunk', timeToFirstToken, attributes);
  };
}

function attributesOf(
  event: LlmEvent,
  bounded: (model: string | undefined) => string | undefined,
): Record<string, string> {
  const { provider, operation, model, requestModel, status, usage } = event;
  const isGemini = operation === 'chat' && provider.startsWith('google');
  const attributes: Record<string, string> = {
    'gen_ai.operation.name': isGemini ? 'generate_content' : (OPERATIONS[operation] ?? operation),
    'gen_ai.provider.name': Object.hasOwn(PROVIDERS, provider) ? (PROVIDERS[provider] as string) : provider,
  };
  const asked = bounded(requestModel ?? model);
  if (asked !== undefined) attributes['gen_ai.request.model'] = asked;
  // A call that failed before it was answered has only the model it asked for.
  const isOther = requestModel !== undefined && requestModel !== model;
  const wasAnswered = status === 'success' || isOther || usage?.promptTokens !== undefined;
  const answered = wasAnswered ? bounded(model) : undefined;
  if (answered !== undefined) attributes['gen_ai.response.model'] = answered;
  return attributes;
}

/** What a call tracked by hand says may be anything. */
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && value < Number.MAX_SAFE_INTEGER;
