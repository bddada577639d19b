/** All that is asked of a model. Nothing here measures: the preload sees every call, its tokens and its cost. */
'use strict';

const { OpenAI } = require('openai');
const { withLlmFeature } = require('@intelia/otel');

// OPENAI_API_KEY and OPENAI_BASE_URL say where.
const openai = new OpenAI();

const MODELS = { best: 'gpt-4o', fast: 'gpt-4o-mini' };

/** Counted under the feature `embeddings`, as every call to that endpoint. */
async function embed(text) {
  const answer = await openai.embeddings.create({
    model: 'text-embedding-3-small',
    input: text,
    dimensions: 64,
  });
  return answer.data[0].embedding;
}

function chatRequest({ question, documents, language, quality }) {
  const context = documents.map(({ title, body }) => `# ${title}\n${body}`).join('\n\n');
  return {
    model: MODELS[quality] ?? MODELS.fast,
    messages: [
      {
        role: 'system',
        content: `You advise poultry farmers. Answer in "${language}", from this only:\n\n${context}`,
      },
      { role: 'user', content: question },
    ],
  };
}

/** Counted under the feature `chat`. */
async function answer(asked, signal) {
  const completion = await openai.chat.completions.create(chatRequest(asked), { signal });
  return completion.choices[0].message.content;
}

/** The words as they come. `include_usage` is not asked for: the preload sees to it that tokens are counted. */
async function* streamAnswer(asked, signal) {
  const stream = await openai.chat.completions.create({ ...chatRequest(asked), stream: true }, { signal });
  for await (const chunk of stream) yield chunk.choices[0].delta.content ?? '';
}

/** Counted under a feature of its own, so that summaries have their own line in the spend. */
const summarise = (document) =>
  withLlmFeature('summary', async () => {
    const response = await openai.responses.create({
      model: 'gpt-5-mini',
      instructions: 'Sum up in three sentences.',
      input: `${document.title}\n\n${document.body}`,
    });
    return response.output_text;
  });

/** Counted under the feature `tts`, by the character. */
async function speak(text) {
  const speech = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: text });
  return Buffer.from(await speech.arrayBuffer());
}

/** Still asks for a model that the provider has withdrawn: each call is a `client_error`. */
const diagnosePhoto = (url) =>
  openai.chat.completions.create({
    model: 'gpt-4-vision-preview',
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  });

/** What the SDK throws when the provider refused, failed or could not be reached. */
const ProviderError = OpenAI.APIError;

module.exports = { ProviderError, answer, diagnosePhoto, embed, speak, streamAnswer, summarise };
