/** Embeddings, speech and transcriptions were not measured at all, or broken by a second reader of their body. */
import assert from 'node:assert/strict';
import { answerWith } from '../support/llm-sdk.js';
import { chatAnswer, event, json, sse } from '../support/llm-server.js';
import { CHAT, openaiCase, outline } from '../support/openai.js';

describe('openai: other endpoints', () => {
  openaiCase('embeddings', async ({ openai, server, recorded }) => {
    const embedding = Buffer.from(new Float32Array([0.5, -0.25]).buffer).toString('base64');
    server.answer = json({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding }],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 5, total_tokens: 5 },
    });
    const answer = await openai.embeddings.create({ model: 'text-embedding-3-small', input: 'Hé' });
    assert.deepEqual([...(answer.data[0]?.embedding ?? [])], [0.5, -0.25]);
    const [event] = await recorded(1);
    assert.deepEqual(
      [event?.model, event?.feature, event?.usage],
      ['text-embedding-3-small', 'embeddings', { promptTokens: 5 }],
    );
  });

  openaiCase('speech, by its characters', async ({ openai, server, recorded }) => {
    const sound = Buffer.from([0xff, 0xf3, 0x00, 0x0a]);
    server.answer = (response) => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(sound);
    const answer = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hé 🌍' });
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), sound);
    const [event] = await recorded(1);
    assert.deepEqual(
      [event?.model, event?.feature, event?.status, event?.usage],
      ['tts-1', 'tts', 'success', { characters: 4 }],
    );
  });

  openaiCase('a transcription, its model in a form', async ({ openai, server, recorded }) => {
    server.answer = json({ text: 'Hé' });
    const file = new File([Buffer.alloc(100_000)], 'a.mp3');
    assert.equal((await openai.audio.transcriptions.create({ model: 'whisper-1', file })).text, 'Hé');
    const [event] = await recorded(1);
    assert.deepEqual(
      [event?.model, event?.feature, event?.status],
      ['whisper-1', 'transcription', 'success'],
    );
  });

  openaiCase('completions, whole and streamed', async ({ openai, server, recorded }) => {
    const asked = { model: 'gpt-3.5-turbo-instruct', prompt: 'Hé' };
    server.answer = answerWith('openai/completion.json');
    await openai.completions.create(asked);
    const piece = { id: 'c', object: 'text_completion', model: asked.model, choices: [{ text: 'a', index: 0 }] };
    const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
    server.answer = sse(event(piece), event({ ...piece, choices: [], usage }), event('[DONE]'));
    for await (const _ of await openai.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } })) void _;
    const told = { model: asked.model, status: 'success', usage: { promptTokens: 5, completionTokens: 7 } };
    assert.deepEqual(outline(await recorded(2)), [told, told]);
    assert.ok((await recorded(2)).every(({ operation, feature }) => operation === 'completion' && feature === 'chat'));
  }); // prettier-ignore

  openaiCase('images, made and (files) edited', async ({ openai, server, recorded }) => {
    server.answer = answerWith('openai/image.json');
    await openai.images.generate({ model: 'gpt-image-1', prompt: 'a cat' });
    const image = new File([Buffer.alloc(1000)], 'a.png', { type: 'image/png' });
    await openai.images.edit({ model: 'gpt-image-1', prompt: 'a cat', image });
    const events = await recorded(2);
    assert.deepEqual(
      events.map(({ requestModel, feature, status }) => [requestModel, feature, status]),
      [['gpt-image-1', 'image', 'success'], ['gpt-image-1', 'image', 'success']],
    );
    assert.deepEqual(events[0]?.usage, events[1]?.usage);
    assert.ok((events[0]?.usage?.imageOutputTokens ?? 0) > 0);
  }); // prettier-ignore

  openaiCase('an image that comes in a stream', async ({ openai, server, recorded }) => {
    server.answer = answerWith('openai/image.sse');
    const stream = await openai.images.generate({ model: 'gpt-image-1', prompt: 'a cat', stream: true } as never);
    // Up to openai 4 the SDK knows no such stream.
    if (typeof stream === 'object' && Symbol.asyncIterator in stream) for await (const _ of stream as unknown as AsyncIterable<unknown>) void _;
    const [event] = await recorded(1);
    assert.deepEqual([event?.status, event?.usage?.promptTokens, event?.usage?.imageOutputTokens], ['success', 50, 50]);
  }); // prettier-ignore

  openaiCase('speech that comes in a stream', async ({ openai, server, recorded }) => {
    server.answer = answerWith('openai/speech.sse');
    const asked = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hé', stream_format: 'sse' };
    await (await openai.audio.speech.create(asked as never)).text();
    const [event] = await recorded(1);
    assert.deepEqual([event?.model, event?.status], ['gpt-4o-mini-tts', 'success']);
    assert.deepEqual([event?.usage?.promptTokens, event?.usage?.completionTokens], [14, 101]);
    assert.ok(event?.timeToFirstToken !== undefined);
  });

  openaiCase('a transcription with usage, streamed too, and (files) a translation', async ({ openai, server, recorded }) => {
    const file = new File([Buffer.alloc(1000)], 'a.mp3');
    const asked = { model: 'gpt-4o-transcribe', file };
    server.answer = answerWith('openai/transcription.json');
    await openai.audio.transcriptions.create(asked);
    server.answer = answerWith('openai/transcription.sse');
    const stream = await openai.audio.transcriptions.create({ ...asked, stream: true });
    for await (const _ of stream) void _;
    server.answer = json({ text: 'Hé' });
    await openai.audio.translations.create({ model: 'whisper-1', file });
    const [whole, streamed, translated] = await recorded(3);
    assert.deepEqual([whole?.usage?.promptTokens, whole?.usage?.audioInputTokens], [14, 10]);
    assert.deepEqual([streamed?.usage?.promptTokens, streamed?.usage?.completionTokens], [14, 31]);
    assert.deepEqual([translated?.operation, translated?.feature, translated?.model], ['translation', 'transcription', 'whisper-1']);
  }); // prettier-ignore

  openaiCase('a moderation, free and a request', async ({ openai, server, recorded }) => {
    server.answer = answerWith('openai/moderation.json');
    await openai.moderations.create({ input: 'Hé' });
    const [event] = await recorded(1);
    assert.deepEqual([event?.model, event?.operation, event?.usage], ['omni-moderation-latest', 'moderation', undefined]);
  }); // prettier-ignore

  openaiCase('service tiers, predicted, cached and audio tokens', async ({ openai, server, recorded }) => {
    for (const tier of ['flex', 'priority']) {
      server.answer = json(chatAnswer({ service_tier: tier }));
      await openai.chat.completions.create({ ...CHAT, service_tier: tier } as never);
    }
    // Rejected ones are billed: they are among the completion's.
    const completion_tokens_details = { reasoning_tokens: 0, accepted_prediction_tokens: 20, rejected_prediction_tokens: 9 };
    server.answer = json(chatAnswer({ usage: { prompt_tokens: 10, completion_tokens: 35, total_tokens: 45, completion_tokens_details } }));
    await openai.chat.completions.create({ ...CHAT, prediction: { type: 'content', content: 'Hé' } });
    server.answer = answerWith('openai/chat-audio.json');
    await openai.chat.completions.create({ ...CHAT, modalities: ['text', 'audio'] } as never);
    const [flex, priority, predicted, audio] = await recorded(4);
    assert.deepEqual([flex?.serviceTier, priority?.serviceTier], ['flex', 'priority']);
    assert.deepEqual([predicted?.usage?.promptTokens, predicted?.usage?.completionTokens], [10, 35]);
    assert.deepEqual([audio?.usage?.audioInputTokens, audio?.usage?.audioOutputTokens], [100, 70]);
  }); // prettier-ignore
});
