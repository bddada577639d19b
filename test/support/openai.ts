/**
 * One case of the OpenAI SDK against a server of the test's own, measured by the tap under it. Without anything else
 * the cases run on the SDK of the root; test/compat/openai4, 5 and 6 run the same files on theirs.
 */
import assert from 'node:assert/strict';
import type { OpenAI } from 'openai';
import type { LlmEvent } from '../../src/llm/types.js';
import { recorded, useHttpTap } from './llm-http-tap.js';
import { openaiChat, startLlmServer, type LlmServer } from './llm-server.js';
import { testTap, type TestTap } from './llm-tap.js';

/** An SDK that cases are run on. */
export interface Flavour {
  readonly name: string;
  /** The SDK's exports. */
  load(): unknown;
  /** The way it takes by itself. `http`: node-fetch over Node's http client. */
  readonly road: 'fetch' | 'http';
  /** Titles of cases that the SDK itself cannot do on this road. */
  readonly skip?: RegExp;
}

export interface OpenaiCase {
  readonly openai: OpenAI;
  readonly sdk: typeof import('openai');
  readonly server: LlmServer;
  readonly tap: TestTap;
  /** Another client; it never tries again unless told to. */
  client(options?: object): OpenAI;
  /** The calls recorded until now, once there are `count` of them: over http a copy may still be inflating. */
  recorded(count: number): Promise<LlmEvent[]>;
}

export const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hé' }] };
export const USED = { promptTokens: 11, completionTokens: 7 };

let flavours: readonly Flavour[] = [
  { name: 'CJS', load: () => require('openai') as unknown, road: 'fetch' },
  { name: 'ESM', load: () => import('openai'), road: 'fetch' },
];

export function useFlavours(...given: Flavour[]): void {
  flavours = given;
}

export interface CaseOptions {
  /** The host is asked for usage, as api.openai.com is. Default true. */
  readonly ask?: boolean;
}

/** One `it` for each SDK. It also fails on an unhandled rejection and on an error our guard caught. */
export function openaiCase(
  title: string,
  run: (given: OpenaiCase) => Promise<void>,
  { ask = true }: CaseOptions = {},
): void {
  for (const flavour of flavours) {
    if (flavour.skip?.test(title)) continue;
    it(`${title} (${flavour.name})`, async () => {
      const server = await startLlmServer(openaiChat);
      const tap = testTap({ ask: ask ? ['127.0.0.1'] : [] });
      const unhandled: unknown[] = [];
      const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', onUnhandled);
      try {
        const sdk = (await flavour.load()) as typeof import('openai');
        if (flavour.road === 'http') useHttpTap(tap);
        const fetchOption = flavour.road === 'fetch' ? { fetch: tap.fetch } : {};
        const client = (options: object = {}): OpenAI =>
          new sdk.OpenAI({
            apiKey: 'sk-test',
            baseURL: server.url,
            maxRetries: 0,
            ...fetchOption,
            ...options,
          });
        await run({ openai: client(), sdk, server, tap, client, recorded: (count) => recorded(tap, count) });
        for (let i = 0; i < 3; i++) await new Promise(setImmediate);
        assert.deepEqual([unhandled, tap.test.errors], [[], []]);
      } finally {
        process.off('unhandledRejection', onUnhandled);
        await server.close();
      }
    });
  }
}

/** What is said of calls most often. */
export const outline = (events: readonly LlmEvent[]): unknown[] =>
  events.map(({ model, status, usage }) => ({ model, status, usage }));

export const MEASURED = { model: 'gpt-4o-mini-2024-07-18', status: 'success', usage: USED };
export const MEASURED_RESPONSE = {
  ...MEASURED,
  usage: { promptTokens: 30, completionTokens: 20, cachedTokens: 10, reasoningTokens: 5 },
};
