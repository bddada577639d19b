import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bareModel, isFineTuned, normaliseModel, rememberedModels } from '../../src/llm/model.js';

describe('normaliseModel', () => {
  const NAMES: Record<string, string> = {
    'gpt-4o': 'gpt-4o',
    'gpt-4o-2024-08-06': 'gpt-4o',
    'gpt-4o-mini-2024-07-18': 'gpt-4o-mini',
    'gpt-4o-audio-preview-2024-12-17': 'gpt-4o-audio-preview',
    'ft:gpt-4o-mini-2024-07-18:acme::BcdEfg': 'gpt-4o-mini',
    'ft:gpt-3.5-turbo-0125:acme:custom:id': 'gpt-3.5-turbo',
    'gpt-4o-2024-08-06.ft-0123456789': 'gpt-4o',
    'gpt-4-0613': 'gpt-4',
    'gpt-3.5-turbo-1106': 'gpt-3.5-turbo',
    'gpt-35-turbo': 'gpt-3.5-turbo',
    'tts-1-hd-1106': 'tts-1-hd',
    'gpt-4o-mini-tts-2025-12-15': 'gpt-4o-mini-tts',
    'openai/gpt-4o': 'gpt-4o',
    'openrouter/openai/gpt-4o-2024-08-06': 'gpt-4o',
    'models/gemini-2.5-pro': 'gemini-2.5-pro',
    'publishers/google/models/gemini-2.5-flash': 'gemini-2.5-flash',
    'projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4@20250514': 'claude-sonnet-4',
    'claude-3-5-sonnet-20241022': 'claude-3-5-sonnet',
    'claude-3-7-sonnet-20250219': 'claude-3-7-sonnet',
    'claude-3-7-sonnet-latest': 'claude-3-7-sonnet',
    'claude-haiku-4-5@20251001': 'claude-haiku-4-5',
    'publishers/anthropic/models/claude-opus-5-5': 'claude-opus-5-5',
    'gemini-2.0-flash-001': 'gemini-2.0-flash',
    'models/gemini-2.5-flash-lite-preview-09-2025': 'gemini-2.5-flash-lite-preview',
    'gemini-2.5-pro-preview-05-06': 'gemini-2.5-pro-preview',
    'gemini-embedding-001': 'gemini-embedding-001',
    'gemini-flash-latest': 'gemini-flash',
    'mistral-large-latest': 'mistral-large',
    'chatgpt-4o-latest': 'chatgpt-4o-latest',
    'gpt-chat-latest': 'gpt-chat-latest',
    'gpt-5-chat-latest': 'gpt-5-chat',
    'text-embedding-ada-002': 'text-embedding-ada-002',
    'babbage-002': 'babbage-002',
    'mistral-large-2407': 'mistral-large-2407',
    'meta-llama/Llama-3.3-70B-Instruct-Turbo': 'meta-llama/llama-3.3-70b-instruct-turbo',
    'My-Deployment': 'my-deployment',
    'o3-2025-04-16': 'o3',
    'gpt-4.1-2025-13-41': 'gpt-4.1-2025-13-41',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0': 'claude-sonnet-4-5',
    'us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0': 'claude-sonnet-4-5',
    'global.anthropic.claude-opus-4-6-v1': 'claude-opus-4-6',
    'anthropic.claude-3-5-sonnet-20241022-v2:0': 'claude-3-5-sonnet',
    'eu.amazon.nova-pro-v1:0': 'nova-pro',
    'amazon.nova-pro-v1:0:300k': 'nova-pro',
    'amazon.titan-embed-text-v2:0': 'titan-embed-text-v2',
    'cohere.embed-v4:0': 'embed-v4',
    'meta.llama3-3-70b-instruct-v1:0': 'llama3-3-70b-instruct',
    'openai.gpt-oss-120b-1:0': 'gpt-oss-120b',
    'deepseek.r1-v1:0': 'deepseek-r1',
    'deepseek.v3.2': 'deepseek-v3.2',
    'google.gemma-3-12b-it': 'gemma-3-12b-it',
  };
  for (const [given, name] of Object.entries(NAMES)) {
    it(`${given} is ${name}`, () => {
      assert.equal(normaliseModel(given), name);
      // The second time from memory.
      assert.equal(normaliseModel(given), name);
    });
  }

  it('knows no model in junk', () => {
    const junk = [
      undefined,
      null,
      7,
      {},
      ['gpt-4o'],
      '',
      ' ',
      'x'.repeat(129),
      'gpt-4o\n',
      'a\u0000b',
      'ft:',
      'openai/',
      '-latest',
    ];
    for (const each of junk) assert.equal(normaliseModel(each), undefined, JSON.stringify(each));
  });

  it('keeps a name once normalised, and stays short, whatever is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 140, unit: 'binary' }), (given) => {
        const name = normaliseModel(given);
        assert.equal(normaliseModel(given), name);
        if (name !== undefined) assert.ok(name.length > 0 && name.length <= 140);
      }),
    );
  });

  it('remembers no more than a bounded number of names', () => {
    for (let i = 0; i < 10_000; i++) assert.equal(normaliseModel(`junk-${i}x`), `junk-${i}x`);
    assert.ok(rememberedModels() <= 1_000);
    assert.equal(normaliseModel('gpt-4o-2024-08-06'), 'gpt-4o');
  });

  it('tells fine-tuned models', () => {
    assert.equal(isFineTuned(bareModel('ft:gpt-4o-2024-08-06:acme::id')), true);
    assert.equal(isFineTuned(bareModel('openai/gpt-4o-2024-08-06.ft-id')), true);
    assert.equal(isFineTuned(bareModel('gpt-4o')), false);
  });
});
