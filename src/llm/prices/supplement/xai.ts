/** xAI. Its answers state what they cost; the list is for an answer that does not. */
import { ORDINARY, rows, stepped, type SupplementFamily } from './types.js';

const pricing = { source: 'https://docs.x.ai/developers/pricing', date: '2026-09-22' };

/** Twice from 200,000 tokens of prompt on, for the whole call; a step lies above its start. */
const grok = (input: number, cached: number, output: number) =>
  [stepped(199_999, input, 2), stepped(199_999, cached, 2), stepped(199_999, output, 2)] as const;

export const XAI: SupplementFamily = {
  // Priority: twice the price. Batches are cheaper by the model, or not to be had.
  tiers: { ...ORDINARY, priority: 2 },
  tiersRead: pricing,
  models: rows(pricing, {
    'grok-4.7': grok(2, 0.5, 6),
    // Retired on 2026-05-15: what answers to these names is Grok Build, says LiteLLM 1.109.1, 2026-11-22.
    'grok-code-fast': [1, 0.2, 2],
    'grok-code-fast-1': [1, 0.2, 2],
    'grok-code-fast-1-0825': [1, 0.2, 2],
    'grok-4.20-0309-reasoning': grok(1.25, 0.2, 2.5),
    'grok-4.20-0309-non-reasoning': grok(1.25, 0.2, 2.5),
    'grok-4.20-multi-agent': grok(1.25, 0.2, 2.5),
    'grok-4.20-multi-agent-0309': grok(1.25, 0.2, 2.5),
  }),
};
