/** Model names as people speak of them: the many ids under which one model answers become one label. */

/** No model id is longer; what is, is content or junk. */
const MAX_LENGTH = 128;
/** Enough for every model an application uses; junk beyond it only empties the memory of names. */
const MAX_REMEMBERED = 1_000;

/** Who sells it, not what it is: `openai/gpt-4o`, `models/gemini-2.5-pro`, `openrouter/openai/gpt-4o`. */
const SELLER =
  /^(?:models|openai|azure|azure_ai|openrouter|anthropic|google|gemini|vertex_ai|mistral|mistralai|x-ai|xai|deepseek|cohere|groq)\//;
const RESOURCE = /^(?:projects\/.+\/)?(?:publishers|accounts)\/[^/]+\/models\//;

/** Bedrock's ids: where it may run, who made it, which edition: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. */
const BEDROCK =
  /^(?:(?:[a-z]{2,6}|us-gov)\.)?(ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.(?=[a-z])/;
const EDITION = /:\d+(?::\w+)?$/;
/** Of these the number before the edition is that of the edition too, not of the model. */
const EDITED =
  /^((?:claude|nova|llama|mistral|mixtral|pixtral|jamba|deepseek|qwen|palmyra|command|gpt-oss).*)-(?:v\d|1)$/;

/** `-2024-08-06`, `-20241022`, `@20241022`. */
const DATE =
  /(?:-20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|[-@]20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;
/** OpenAI's first snapshots were named by month and day: `gpt-4-0613`, `tts-1-1106`. */
const MONTH_AND_DAY = /^((?:gpt-(?:3\.5|4)|tts-1).*)-(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;
/** Google's: `gemini-2.0-flash-001`, `gemini-2.5-flash-preview-09-2025`. */
const GEMINI_VERSION = /^(gemini-(?!embedding).*)-(?:00\d|(?:0[1-9]|1[0-2])-(?:\d\d|20\d\d))$/;
/** Names that end like an alias but are models of their own. */
const WHOLE = new Set(['chatgpt-4o-latest', 'gpt-chat-latest']);

const remembered = new Map<string, string>();

/**
 * The name a model is counted under, e.g. `gpt-4o` for `gpt-4o-2024-08-06`, `openai/gpt-4o` and
 * `ft:gpt-4o-2024-08-06:acme::id`. Undefined for what cannot be a model: no string, empty, longer than 128 characters,
 * with control characters.
 */
export function normaliseModel(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.length === 0 || given.length > MAX_LENGTH) return undefined;
  const known = remembered.get(given);
  if (known !== undefined) return known === '' ? undefined : known;
  const name = baseOf(bareModel(given));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(given, name);
  return name === '' ? undefined : name;
}

/** How many names are remembered: bounded, whatever servers answer. */
export const rememberedModels = (): number => remembered.size;

/** The id in small letters and without its seller; empty when it cannot be a model. */
export function bareModel(given: string): string {
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(given)) return '';
  let name = given.trim().toLowerCase().replace(RESOURCE, '');
  while (SELLER.test(name)) name = name.replace(SELLER, '');
  if (BEDROCK.test(name)) name = bedrockName(name);
  return name.startsWith('gpt-35-') ? `gpt-3.5-${name.slice('gpt-35-'.length)}` : name;
}

function bedrockName(id: string): string {
  // Its name alone would say nothing: `deepseek.r1-v1:0`.
  const name = id
    .replace(BEDROCK, (_, maker) => (maker === 'deepseek' ? 'deepseek-' : ''))
    .replace(EDITION, '');
  return name.replace(EDITED, '$1');
}

/** A model trained further on one's own data; it has its own price. Azure writes `gpt-4o-2024-08-06.ft-id`. */
export function isFineTuned(bare: string): boolean {
  return bare.startsWith('ft:') || bare.includes('.ft-');
}

function baseOf(bare: string): string {
  let name = bare.startsWith('ft:') ? (bare.split(':')[1] ?? '') : (bare.split('.ft-')[0] ?? '');
  if (WHOLE.has(name)) return name;
  name = name.replace(DATE, '').replace(MONTH_AND_DAY, '$1').replace(GEMINI_VERSION, '$1');
  return name.endsWith('-latest') ? name.slice(0, -'-latest'.length) : name;
}
