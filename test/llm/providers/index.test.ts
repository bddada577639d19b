import assert from 'node:assert/strict';
import { findEndpoint } from '../../../src/llm/providers/index.js';

const found = (host: string, path: string): string | undefined => {
  const endpoint = findEndpoint(host, path);
  return endpoint && `${endpoint.provider} ${endpoint.operation} ${endpoint.feature}`;
};

describe('findEndpoint', () => {
  it('knows every OpenAI path', () => {
    const paths: Record<string, string> = {
      '/v1/chat/completions': 'openai chat chat',
      '/v1/completions': 'openai completion chat',
      '/v1/responses': 'openai responses chat',
      '/v1/responses/compact': 'openai responses chat',
      '/v1/embeddings': 'openai embeddings embeddings',
      '/v1/audio/speech': 'openai speech tts',
      '/v1/audio/transcriptions': 'openai transcription transcription',
      '/v1/audio/translations': 'openai translation transcription',
      '/v1/images/generations': 'openai image image',
      '/v1/images/edits': 'openai image image',
      '/v1/images/variations': 'openai image image',
      '/v1/moderations': 'openai moderation moderation',
    };
    for (const [path, expected] of Object.entries(paths))
      assert.equal(found('api.openai.com', path), expected, path);
  });

  it('leaves everything else of the API alone', () => {
    const others = [
      '/v1/chat/completions/chatcmpl-1', '/v1/chat/completions/chatcmpl-1/messages', '/v1/responses/resp_1/cancel',
      '/v1/responses/resp_1', '/v1/responses/input_tokens', '/v1/files', '/v1/threads', '/v1/threads/t/runs', '/v1/batches',
      '/v1/models', '/v1/uploads', '/v1/fine_tuning/jobs', '/v1/vector_stores', '/v1/videos/edits', '/v1/videos',
      '/chat/completions/', '/', '', 'completions', '/v1/notcompletions', '/edits', '/v1/audio', '/speech', '/toString',
      '/constructor', '/__proto__',
    ]; // prettier-ignore
    for (const path of others) assert.equal(found('api.openai.com', path), undefined, path);
  });

  it('names the provider by its host or a parent of it', () => {
    const hosts: Record<string, string> = {
      'api.openai.com': 'openai', 'api.openai.com:443': 'openai', 'eu.api.openai.com': 'openai',
      'acme.openai.azure.com': 'azure', 'acme.services.ai.azure.com': 'azure', 'api.groq.com': 'groq',
      'api.together.xyz': 'together', 'api.deepseek.com': 'deepseek', 'api.mistral.ai': 'mistral', 'api.x.ai': 'x-ai',
      'openrouter.ai': 'openrouter', '127.0.0.1:8080': 'openai_compatible', '[::1]:8080': 'openai_compatible',
      'api.openai.com.evil.example': 'openai_compatible', 'notapi.openai.company': 'openai_compatible', '': 'openai_compatible',
    }; // prettier-ignore
    for (const [host, provider] of Object.entries(hosts)) {
      assert.equal(findEndpoint(host, '/v1/chat/completions')?.provider, provider, host);
    }
  });

  it('gives the same endpoint for the same place, and asks for streamed usage on chat alone', () => {
    const chat = findEndpoint('localhost', '/v1/chat/completions');
    assert.equal(findEndpoint('127.0.0.1:1', '/x/chat/completions'), chat);
    assert.equal(chat?.streamOptions, true);
    assert.equal(findEndpoint('localhost', '/v1/responses')?.streamOptions, undefined);
    assert.equal(findEndpoint('localhost', '/v1/completions')?.streamOptions, undefined);
  });
});
