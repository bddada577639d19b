/** Embeddings, speech and transcriptions were not measured at all, or broken by a second reader of their body. */
import assert from 'node:assert/strict';
import { json } from '../support/llm-server.js';
import { openaiCase } from '../support/openai.js';

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
});
