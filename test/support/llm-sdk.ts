/** One case of a provider's own SDK against a server that answers as its fixtures do, measured by the tap under it. */
import assert from 'node:assert/strict';
import type { LlmEvent } from '../../src/llm/types.js';
import { json, startLlmServer, type Answer, type LlmServer } from './llm-server.js';
import { fixture } from './llm-provider.js';
import { testTap, type TestTap } from './llm-tap.js';

const original = globalThis.fetch;

export interface SdkCase {
  readonly server: LlmServer;
  readonly tap: TestTap;
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** The calls recorded until now, once there are `count` of them. */
  recorded(count: number): Promise<LlmEvent[]>;
}

/**
 * An `it` whose global fetch is under the tap, for SDKs that know no other. It also fails on an unhandled rejection and
 * on an error our guard caught.
 */
export function sdkCase(title: string, run: (given: SdkCase) => Promise<void>): void {
  it(title, async () => {
    const server = await startLlmServer();
    const tap = testTap({ original });
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    globalThis.fetch = tap.fetch;
    try {
      const recorded = async (count: number): Promise<LlmEvent[]> => {
        const end = Date.now() + 5000;
        while (tap.events.length < count && Date.now() < end) await new Promise(setImmediate);
        return tap.events;
      };
      await run({ server, tap, origin: `http://${server.host}`, recorded });
      for (let i = 0; i < 3; i++) await new Promise(setImmediate);
      assert.deepEqual([unhandled, tap.test.errors], [[], []]);
    } finally {
      globalThis.fetch = original;
      process.off('unhandledRejection', onUnhandled);
      await server.close();
    }
  });
}

/** A fixture as the provider sends it: `.json` whole, `.sse` and `.ndjson` event by event, each in a write of its own. */
export function answerWith(file: string, status = 200, headers: Record<string, string> = {}): Answer {
  const text = fixture(file);
  if (file.endsWith('.json')) return json(text, status, headers);
  const [type, end] = file.endsWith('.sse') ? ['text/event-stream', '\n\n'] : ['application/x-ndjson', '\n'];
  return (response) => {
    response.writeHead(status, { 'content-type': type, ...headers });
    for (const event of text.split(end)) if (event !== '') response.write(event + end);
    response.end();
  };
}

/** The first `events` of a streamed fixture; then nothing more comes until the client has gone. */
export function beginningOf(file: string, events: number): Answer {
  const [type, end] = file.endsWith('.sse') ? ['text/event-stream', '\n\n'] : ['application/x-ndjson', '\n'];
  const parts = fixture(file).split(end).slice(0, events);
  return (response) => {
    response.writeHead(200, { 'content-type': type });
    for (const part of parts) response.write(part + end);
  };
}

/** What is said of calls most often. */
export const told = (events: readonly LlmEvent[]): unknown[] =>
  events.map(({ model, status, usage }) => ({ model, status, ...(usage && { usage }) }));
