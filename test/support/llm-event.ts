/** A finished LLM call for tests: one successful chat with gpt-4o at OpenAI, but for what is given. */
import type { LlmEvent } from '../../src/llm/types.js';

export const llmEvent = (given: Partial<LlmEvent> = {}): LlmEvent => ({
  provider: 'openai',
  operation: 'chat',
  model: 'gpt-4o-2024-08-06',
  feature: 'chat',
  status: 'success',
  duration: 1.5,
  isRetry: false,
  ...given,
});
