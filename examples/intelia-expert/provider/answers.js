/** The bodies of the public OpenAI API, field by field, for answers that are made up here. */
'use strict';

const WORDS =
  'Keep the litter dry and the house at 31 degrees in the first week, then lower it by three degrees a week. ' +
  'Check water pressure twice a day; birds that drink less eat less. Weigh a sample of one percent every week ' +
  'and compare it with the standard of the breed. Call the veterinarian when mortality passes two in a thousand.';

/** FNV-1a: the same text gives the same number on every machine. */
function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  // One more round of mixing: texts that differ in their last letter only would stay close together.
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
  return (h ^ (h >>> 13)) >>> 0;
}

/** Four characters a token, the usual rule of thumb; what matters is that it is counted once, here. */
const countTokens = (text) => Math.ceil(text.length / 4);

/** The words of an answer, ending in a space each but the last. */
function inventWords(seed, count) {
  const words = WORDS.split(' ');
  return Array.from(
    { length: count },
    (_, i) => words[(seed + i) % words.length] + (i < count - 1 ? ' ' : ''),
  );
}

/** What was asked, as one text: messages of chat, `input` of responses and embeddings and speech. */
function promptText(body) {
  const of = (value) => {
    if (typeof value === 'string') return value;
    if (Array.isArray(value)) return value.map(of).join('\n');
    return of(value?.content ?? value?.text ?? '');
  };
  return [body.instructions ?? '', of(body.messages ?? body.input ?? '')].join('\n').trim();
}

/** Prompts of 1,024 tokens and more hit the cache in steps of 128, as the real one does; here for two of three. */
function usageOf(model, body, words) {
  const text = promptText(body);
  const prompt = countTokens(text) + 7;
  const cached = prompt >= 1024 && hash(text) % 3 !== 0 ? Math.floor((prompt - 1) / 128) * 128 : 0;
  const reasoning = model.reasons ? 64 + 64 * (hash(text) % 4) : 0;
  return { prompt, cached, reasoning, completion: words.length + reasoning };
}

const id = (prefix, seed) =>
  `${prefix}${hash(`${prefix}${seed}`).toString(36)}${hash(`${seed}${prefix}`).toString(36)}`;
const now = () => Math.floor(Date.now() / 1000);

function chatUsage(usage) {
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function chatAnswer({ model, seed, words, usage }) {
  const message = { role: 'assistant', content: words.join(''), refusal: null, annotations: [] };
  return {
    id: id('chatcmpl-', seed),
    object: 'chat.completion',
    created: now(),
    model: model.answers,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: chatUsage(usage),
    service_tier: 'default',
    system_fingerprint: 'fp_a288987b44',
  };
}

/** The chunks of a streamed chat: role, one for each word, finish reason, and usage if it was asked for. */
function* chatChunks({ model, seed, words, usage, options }) {
  const withUsage = options?.include_usage === true;
  const chunk = (choices, ownUsage) => ({
    id: id('chatcmpl-', seed),
    object: 'chat.completion.chunk',
    created: now(),
    model: model.answers,
    service_tier: 'default',
    system_fingerprint: 'fp_a288987b44',
    choices,
    ...(withUsage ? { usage: ownUsage } : {}),
    // Padding that hides the length of the words from who watches the wire.
    ...(options?.include_obfuscation === false
      ? {}
      : { obfuscation: id('', seed + choices.length).slice(0, 8) }),
  });
  const choice = (delta, finish_reason = null) => [{ index: 0, delta, logprobs: null, finish_reason }];
  yield chunk(choice({ role: 'assistant', content: '', refusal: null }), null);
  for (const word of words) yield chunk(choice({ content: word }), null);
  yield chunk(choice({}, 'stop'), null);
  if (withUsage) yield chunk([], chatUsage(usage));
}

function responseAnswer({ model, seed, words, usage }, status = 'completed') {
  const done = status === 'completed';
  const content = [{ type: 'output_text', annotations: [], logprobs: [], text: words.join('') }];
  const message = { id: id('msg_', seed), type: 'message', status, content, role: 'assistant' };
  const thought = { id: id('rs_', seed), type: 'reasoning', summary: [] };
  return {
    id: id('resp_', seed),
    object: 'response',
    created_at: now(),
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: model.answers,
    output: done ? [...(model.reasons ? [thought] : []), message] : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: model.reasons ? 'medium' : null, summary: null },
    service_tier: done ? 'default' : 'auto',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: done
      ? {
          input_tokens: usage.prompt,
          input_tokens_details: { cached_tokens: usage.cached },
          output_tokens: usage.completion,
          output_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.prompt + usage.completion,
        }
      : null,
    user: null,
    metadata: {},
  };
}

/** The events of a streamed response; each is sent under its own type and numbered. */
function* responseEvents(call) {
  const final = responseAnswer(call);
  const message = final.output.at(-1);
  const at = { item_id: message.id, output_index: final.output.length - 1, content_index: 0 };
  const { output_index } = at;
  const begun = responseAnswer(call, 'in_progress');
  const emptyPart = { type: 'output_text', annotations: [], logprobs: [], text: '' };
  yield { type: 'response.created', response: begun };
  yield { type: 'response.in_progress', response: begun };
  if (output_index === 1) {
    const item = final.output[0];
    yield { type: 'response.output_item.added', output_index: 0, item };
    yield { type: 'response.output_item.done', output_index: 0, item };
  }
  yield {
    type: 'response.output_item.added',
    output_index,
    item: { ...message, status: 'in_progress', content: [] },
  };
  yield { type: 'response.content_part.added', ...at, part: emptyPart };
  for (const delta of call.words) yield { type: 'response.output_text.delta', ...at, delta, logprobs: [] };
  yield { type: 'response.output_text.done', ...at, text: call.words.join(''), logprobs: [] };
  yield { type: 'response.content_part.done', ...at, part: message.content[0] };
  yield { type: 'response.output_item.done', output_index, item: message };
  yield { type: 'response.completed', response: final };
}

function embeddingAnswer({ model, body, usage }) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  const vector = (text) => {
    const raw = Float32Array.from(
      { length: body.dimensions ?? 1536 },
      (_, i) => hash(`${text}#${i}`) / 2 ** 31 - 1,
    );
    const length = Math.hypot(...raw);
    return raw.map((x) => x / length);
  };
  const encode = (floats) =>
    body.encoding_format === 'base64' ? Buffer.from(floats.buffer).toString('base64') : Array.from(floats);
  return {
    object: 'list',
    data: inputs.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: encode(vector(String(text))),
    })),
    model: model.answers,
    usage: { prompt_tokens: usage.prompt, total_tokens: usage.prompt },
  };
}

/** Silent MPEG-1 layer III frames (128 kbit/s, 44.1 kHz, 417 bytes each): what a player takes for an mp3. */
function speechBytes(text) {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x64]);
  return Buffer.concat(Array.from({ length: Math.max(2, Math.ceil(text.length / 8)) }, () => frame));
}

module.exports = {
  chatAnswer,
  chatChunks,
  countTokens,
  embeddingAnswer,
  hash,
  inventWords,
  promptText,
  responseAnswer,
  responseEvents,
  speechBytes,
  usageOf,
};
