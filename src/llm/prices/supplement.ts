/**
 * What the price table lacks or has otherwise than the provider's own page. Each row tells where it was read and when;
 * its fields are laid over the table's row for the same model.
 */
import { ANTHROPIC } from './supplement/anthropic.js';
import { AWS } from './supplement/aws.js';
import { DEEPSEEK } from './supplement/deepseek.js';
import { GOOGLE } from './supplement/google.js';
import { COHERE, GROQ, TOGETHER } from './supplement/hosts.js';
import { MISTRAL } from './supplement/mistral.js';
import { OPENAI } from './supplement/openai.js';
import type { Supplement, SupplementFamily } from './supplement/types.js';
import { XAI } from './supplement/xai.js';

/**
 * Azure sells OpenAI's models at its prices; but what is heard to transcribe at 6 and 3, as the table has it, for which
 * OpenAI takes 2.5 and 1.25 since. LiteLLM 1.109.1 has both so too, and the same factors of priority; 2026-11-22.
 */
const AZURE: SupplementFamily = {
  ...OPENAI,
  models: Object.fromEntries(
    Object.entries(OPENAI.models).filter(([id]) => !/-transcribe(-diarize)?$/.test(id)),
  ),
};

export const SUPPLEMENT: Supplement = {
  openai: OPENAI,
  azure: AZURE,
  anthropic: ANTHROPIC,
  aws: AWS,
  cohere: COHERE,
  deepseek: DEEPSEEK,
  google: GOOGLE,
  groq: GROQ,
  mistral: MISTRAL,
  together: TOGETHER,
  'x-ai': XAI,
};
