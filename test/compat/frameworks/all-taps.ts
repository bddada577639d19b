/** A process with every tap in it, as the preload leaves it, and a server that is OpenAI, Anthropic and Google at once. */
import assert from 'node:assert/strict';
import { tapHttpClient } from '../../../src/llm/taps/client.js';
import { tapGlobalFetch } from '../../../src/llm/taps/fetch.js';
import type { LlmEvent } from '../../../src/llm/types.js';
import { tapUndici } from '../../../src/llm/taps/undici.js';
import { answerWith, beginningOf } from '../../support/llm-sdk.js';
import {
  json, openaiChat, responseAnswer, responseEvents, sse, startLlmServer, type Answer, type LlmServer,
} from '../../support/llm-server.js'; // prettier-ignore
import { testTap, type TestTap } from '../../support/llm-tap.js';

export const tap: TestTap = testTap({ ask: ['127.0.0.1'] });
tapGlobalFetch(tap.options);
tapUndici(tap.options);
tapHttpClient(tap.options);

/** What each of them says was used, as one line an event: `model status prompt+completion`. */
export const lines = (events: readonly LlmEvent[] = tap.events): string[] =>
  events.map(({ model, status, usage }) =>
    `${model} ${status}${usage ? ` ${usage.promptTokens}+${usage.completionTokens ?? 0}` : ''}`,
  ); // prettier-ignore

export const GPT = 'gpt-4o-mini-2024-07-18 success 11+7';
export const RESPONSE = 'gpt-4o-mini-2024-07-18 success 30+20';
export const CLAUDE = 'claude-3-7-sonnet-20250219 success 12+6';
export const CLAUDE_STREAM = 'claude-sonnet-4-5-20250929 success 1325+15';
export const GEMINI_STREAM = 'gemini-2.5-flash success 12+47';
export const EMBEDDING = 'text-embedding-3-small success 8+0';

const isStream = (body: string): boolean => (JSON.parse(body) as { stream?: boolean }).stream === true;

/** Answers each path as its provider does. */
export const everyProvider: Answer = (response, request) => {
  const { path, text } = request;
  if (path.includes(':streamGenerateContent')) return answerWith('google/stream.sse')(response, request);
  if (path.includes(':generateContent')) return answerWith('google/generate.json')(response, request);
  if (path.endsWith('/embeddings')) {
    const data = [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }];
    const usage = { prompt_tokens: 8, total_tokens: 8 };
    return json({ object: 'list', model: 'text-embedding-3-small', data, usage })(response, request);
  }
  if (path.endsWith('/messages')) {
    const file = isStream(text) ? 'anthropic/stream.sse' : 'anthropic/message-plain.json';
    return answerWith(file)(response, request);
  }
  if (path.endsWith('/responses')) {
    return (isStream(text) ? sse(...responseEvents()) : json(responseAnswer()))(response, request);
  }
  return openaiChat(response, request);
};

/** The same, but streams stop after their first words and stay open. */
export const everyBeginning: Answer = (response, request) => {
  if (request.path.includes(':stream')) return beginningOf('google/stream.sse', 2)(response, request);
  if (request.path.endsWith('/messages')) return beginningOf('anthropic/stream.sse', 4)(response, request);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (request.path.endsWith('/responses')) for (const event of responseEvents().slice(0, 4)) response.write(event);
  else openaiChat({ writeHead: () => 0, write: (part: string) => part.includes('"Hé "') && response.write(part), end: () => 0 } as never, request);
}; // prettier-ignore

export interface TapCase {
  readonly server: LlmServer;
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** The lines of all calls, once there are `count` of them. */
  recorded(count: number): Promise<string[]>;
}

/** An `it` that fails, too, on an unhandled rejection and on an error our guard caught. */
export function tapCase(title: string, run: (given: TapCase) => Promise<void>): void {
  it(title, async () => {
    const server = await startLlmServer(everyProvider);
    tap.events.length = 0;
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    try {
      const recorded = async (count: number): Promise<string[]> => {
        const end = Date.now() + 5000;
        while (tap.events.length < count && Date.now() < end) await new Promise(setImmediate);
        return lines();
      };
      await run({ server, origin: `http://${server.host}`, recorded });
      for (let i = 0; i < 3; i++) await new Promise(setImmediate);
      assert.deepEqual([unhandled, tap.test.errors], [[], []]);
    } finally {
      process.off('unhandledRejection', onUnhandled);
      await server.close();
    }
  });
}
