/** Frameworks on top of the SDKs: each call to a model is counted once, whoever makes it. */
import assert from 'node:assert/strict';
import {
  CLAUDE, CLAUDE_STREAM, EMBEDDING, everyBeginning, GEMINI_STREAM, GPT, RESPONSE, tap, tapCase, type TapCase,
} from './all-taps.js'; // prettier-ignore
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { OpenAI as LlamaOpenAI, OpenAIEmbedding } from '@llamaindex/openai';
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  run,
  setTracingDisabled,
  tool,
} from '@openai/agents';
import { embed, generateText, streamText, type LanguageModel } from 'ai';
import { Settings } from 'llamaindex';
import OpenAI from 'openai';
import { z } from 'zod';
import { chatAnswer, json, responseAnswer, type Answer } from '../../support/llm-server.js';

// It would send what the agents do to OpenAI.
setTracingDisabled(true);

const apiKey = 'test';
const prompt = 'Hé';
const openaiOf = ({ server }: TapCase): OpenAI => new OpenAI({ apiKey, baseURL: server.url, maxRetries: 0 });

/** Answers in turn. */
const inTurn =
  (...answers: Answer[]): Answer =>
  (response, request) =>
    answers.shift()?.(response, request);

describe('Vercel AI SDK', () => {
  const MODELS: Record<string, { of(given: TapCase): LanguageModel; asked: string; whole: string; stream: string; stopped: string }> = {
    'OpenAI, responses': {
      of: ({ server }) => createOpenAI({ apiKey, baseURL: server.url })('gpt-4o-mini'),
      asked: 'gpt-4o-mini', whole: RESPONSE, stream: RESPONSE, stopped: 'gpt-4o-mini-2024-07-18 cancelled',
    },
    'OpenAI, chat': {
      of: ({ server }) => createOpenAI({ apiKey, baseURL: server.url }).chat('gpt-4o-mini'),
      asked: 'gpt-4o-mini', whole: GPT, stream: GPT, stopped: 'gpt-4o-mini-2024-07-18 cancelled',
    },
    Anthropic: {
      of: ({ server }) => createAnthropic({ apiKey, baseURL: server.url })('claude-sonnet-4-5'),
      asked: 'claude-sonnet-4-5', whole: CLAUDE, stream: CLAUDE_STREAM, stopped: 'claude-sonnet-4-5-20250929 cancelled 1325+1',
    },
    Google: {
      of: ({ origin }) => createGoogleGenerativeAI({ apiKey, baseURL: `${origin}/v1beta` })('gemini-2.5-flash'),
      asked: 'gemini-2.5-flash', whole: 'gemini-2.5-flash success 1200+240', stream: GEMINI_STREAM,
      stopped: 'gemini-2.5-flash cancelled 12+41',
    },
  };
  for (const [name, { of, asked, whole, stream, stopped }] of Object.entries(MODELS)) {
    describe(name, () => {
      tapCase('an answer and a stream', async (given) => {
        await generateText({ model: of(given), prompt, maxRetries: 0 });
        assert.deepEqual(await given.recorded(1), [whole]);
        let text = '';
        for await (const part of streamText({ model: of(given), prompt, maxRetries: 0 }).textStream) text += part;
        assert.ok(text.length > 0);
        assert.deepEqual(await given.recorded(2), [whole, stream]);
      });

      tapCase('failures, and a stream that is aborted', async (given) => {
        for (const [code, status] of FAILURES) {
          tap.events.length = 0;
          given.server.answer = json({ error: { type: 'error', message: 'no', code, status: 'X' } }, code);
          await assert.rejects(generateText({ model: of(given), prompt, maxRetries: 0 }));
          const failed = streamText({ model: of(given), prompt, maxRetries: 0, onError: () => undefined });
          await failed.consumeStream();
          assert.deepEqual(await given.recorded(2), Array(2).fill(`${asked} ${status}`));
        }
        given.server.answer = everyBeginning;
        const { signal, abort } = controller();
        const { textStream } = streamText({ model: of(given), prompt, maxRetries: 0, abortSignal: signal });
        for await (const part of textStream) if (part !== '') abort();
        assert.deepEqual((await given.recorded(3))[2], stopped);
      });
    });
  }

  tapCase('an embedding', async (given) => {
    const model = createOpenAI({ apiKey, baseURL: given.server.url }).embedding('text-embedding-3-small');
    assert.deepEqual((await embed({ model, value: prompt })).embedding, [0.5, 0.25]);
    assert.deepEqual(await given.recorded(1), [EMBEDDING]);
  });
}); // prettier-ignore

/** As each framework is refused. */
const FAILURES = [[429, 'rate_limited'], [400, 'client_error'], [500, 'server_error']] as const; // prettier-ignore

function controller(): { signal: AbortSignal; abort: () => void } {
  const made = new AbortController();
  return { signal: made.signal, abort: () => made.abort() };
}

const nodeMajor = Number(process.versions.node.split('.')[0]);

describe('LangChain', () => {
  const gpt = ({ server }: TapCase, more: object = {}): ChatOpenAI =>
    new ChatOpenAI({ apiKey, model: 'gpt-4o-mini', maxRetries: 0, configuration: { baseURL: server.url }, ...more });
  const claude = ({ origin }: TapCase): ChatAnthropic =>
    new ChatAnthropic({ apiKey, model: 'claude-sonnet-4-5', maxRetries: 0, anthropicApiUrl: origin });

  tapCase('OpenAI: an answer, a stream, responses, an embedding', async (given) => {
    assert.equal((await gpt(given).invoke(prompt)).content, 'Hé 🌍');
    let text = '';
    for await (const { content } of await gpt(given).stream(prompt)) text += content as string;
    assert.equal(text, 'Hé du 🌍');
    await gpt(given, { useResponsesApi: true }).invoke(prompt);
    const embeddings = new OpenAIEmbeddings({ apiKey, model: 'text-embedding-3-small', configuration: { baseURL: given.server.url } });
    await embeddings.embedQuery(prompt);
    assert.deepEqual(await given.recorded(4), [GPT, GPT, RESPONSE, EMBEDDING]);
  });

  tapCase('Anthropic: an answer and a stream', async (given) => {
    assert.equal((await claude(given).invoke(prompt)).content, 'Hi');
    for await (const _ of await claude(given).stream(prompt));
    assert.deepEqual(await given.recorded(2), [CLAUDE, CLAUDE_STREAM]);
  });

  tapCase('failures, whole and streamed', async (given) => {
    for (const [code, status] of FAILURES) {
      tap.events.length = 0;
      given.server.answer = json({ type: 'error', error: { type: 'api_error', message: 'no' } }, code);
      for (const model of [gpt(given), claude(given)]) {
        await assert.rejects(model.invoke(prompt));
        await assert.rejects(async () => { for await (const _ of await model.stream(prompt)); });
      }
      const names = ['gpt-4o-mini', 'gpt-4o-mini', 'claude-sonnet-4-5', 'claude-sonnet-4-5'];
      assert.deepEqual(await given.recorded(4), names.map((name) => `${name} ${status}`));
    }
  });

  // From Node 26 on LangChain 1.2 waits for ever where the loop over a stream that goes on is left, without us too.
  const leaving = nodeMajor >= 26 ? it.skip : tapCase;
  leaving('an abort before the answer and within the stream, and a break', async (given: TapCase) => {
    for (const [model, name, left] of [
      [gpt(given), 'gpt-4o-mini', 'gpt-4o-mini-2024-07-18 cancelled'],
      [claude(given), 'claude-sonnet-4-5', 'claude-sonnet-4-5-20250929 cancelled 1325+1'],
    ] as const) {
      tap.events.length = 0;
      const before = controller();
      given.server.answer = before.abort;
      await assert.rejects(model.invoke(prompt, { signal: before.signal }));
      given.server.answer = everyBeginning;
      const within = controller();
      await assert.rejects(async () => {
        for await (const { content } of await model.stream(prompt, { signal: within.signal })) if (content.length > 0) within.abort();
      });
      for await (const { content } of await model.stream(prompt)) if (content.length > 0) break;
      assert.deepEqual(await given.recorded(3), [`${name} cancelled`, left, left]);
    }
  });

  tapCase('and direct calls beside it, all at once: each is counted once', async (given) => {
    const direct = openaiOf(given);
    await Promise.all([
      gpt(given).invoke(prompt),
      claude(given).invoke(prompt),
      direct.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: prompt }] }),
      generateText({ model: createOpenAI({ apiKey, baseURL: given.server.url }).chat('gpt-4o-mini'), prompt }),
      direct.responses.create({ model: 'gpt-4o-mini', input: prompt }),
    ]);
    assert.deepEqual((await given.recorded(5)).sort(), [CLAUDE, GPT, GPT, GPT, RESPONSE]);
    assert.equal(given.server.received.length, 5);
  });
}); // prettier-ignore

describe('LlamaIndex', () => {
  const messages = [{ role: 'user' as const, content: prompt }];
  const llm = ({ server }: TapCase): LlamaOpenAI =>
    new LlamaOpenAI({ apiKey, model: 'gpt-4o-mini', baseURL: server.url, maxRetries: 0 });

  tapCase('an answer, a stream and an embedding', async (given) => {
    Settings.llm = llm(given);
    assert.equal((await Settings.llm.chat({ messages })).message.content, 'Hé 🌍');
    let text = '';
    for await (const { delta } of await llm(given).chat({ messages, stream: true })) text += delta;
    assert.equal(text, 'Hé du 🌍');
    await new OpenAIEmbedding({ apiKey, model: 'text-embedding-3-small', baseURL: given.server.url }).getTextEmbedding(prompt);
    assert.deepEqual(await given.recorded(3), [GPT, GPT, EMBEDDING]);
  });

  tapCase('failures and a break', async (given) => {
    for (const [code, status] of FAILURES) {
      tap.events.length = 0;
      given.server.answer = json({ error: { message: 'no' } }, code);
      await assert.rejects(llm(given).chat({ messages }));
      await assert.rejects(async () => { for await (const _ of await llm(given).chat({ messages, stream: true })); });
      assert.deepEqual(await given.recorded(2), Array(2).fill(`gpt-4o-mini ${status}`));
    }
    tap.events.length = 0;
    given.server.answer = everyBeginning;
    for await (const { delta } of await llm(given).chat({ messages, stream: true })) if (delta !== '') break;
    // It does not hang up then, with or without us: such a call is counted when it is collected, or at the end.
    assert.deepEqual(tap.events, []);
    tap.calls.flushOpenCalls();
    assert.deepEqual(await given.recorded(1), ['gpt-4o-mini-2024-07-18 cancelled']);
  });
}); // prettier-ignore

/** A chat answer that asks for a tool. */
const asksTool = json(chatAnswer({
  choices: [{
    index: 0, finish_reason: 'tool_calls',
    message: { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'hour', arguments: '{}' } }] },
  }],
})); // prettier-ignore

describe('OpenAI Agents', () => {
  const hour = tool({
    name: 'hour',
    description: 'The hour',
    parameters: z.object({}),
    execute: () => 'noon',
  });

  tapCase('a loop with a tool: each of its calls', async (given) => {
    given.server.answer = inTurn(asksTool, json(chatAnswer()));
    const model = new OpenAIChatCompletionsModel(openaiOf(given) as never, 'gpt-4o-mini');
    const { finalOutput } = await run(new Agent({ name: 'clock', model, tools: [hour] }), prompt);
    assert.equal(finalOutput, 'Hé 🌍');
    assert.deepEqual(await given.recorded(2), [GPT, GPT]);
  });

  tapCase('over responses, whole and streamed, and a failure', async (given) => {
    const model = new OpenAIResponsesModel(openaiOf(given) as never, 'gpt-4o-mini');
    await run(new Agent({ name: 'clock', model }), prompt);
    const streamed = await run(new Agent({ name: 'clock', model }), prompt, { stream: true });
    for await (const _ of streamed);
    await streamed.completed;
    given.server.answer = inTurn(json({ error: { message: 'no' } }, 400), json(responseAnswer()));
    await assert.rejects(run(new Agent({ name: 'clock', model }), prompt));
    assert.deepEqual(await given.recorded(3), [RESPONSE, RESPONSE, 'gpt-4o-mini client_error']);
  });
});

describe('openai, runTools', () => {
  tapCase('each call of the loop', async (given) => {
    given.server.answer = inTurn(asksTool, asksTool, json(chatAnswer()));
    const runner = openaiOf(given).chat.completions.runTools({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: prompt }],
      tools: [{ type: 'function', function: { name: 'hour', parameters: { type: 'object' }, function: () => 'noon', parse: JSON.parse, description: 'The hour' } }],
    });
    assert.equal(await runner.finalContent(), 'Hé 🌍');
    assert.deepEqual(await given.recorded(3), [GPT, GPT, GPT]);
  });
}); // prettier-ignore
