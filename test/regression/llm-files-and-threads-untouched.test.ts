/** Listing, files, threads and stored answers of the same API are no LLM calls: others counted them, or broke paging. */
import assert from 'node:assert/strict';
import { findEndpoint } from '../../src/llm/providers/index.js';

const PATHS = [
  '/v1/files',
  '/v1/files/file-1/content',
  '/v1/threads',
  '/v1/threads/thread_1/messages',
  '/v1/threads/thread_1/runs',
  '/v1/assistants',
  '/v1/vector_stores/vs_1/search',
  '/v1/uploads/upload_1/parts',
  '/v1/batches/batch_1/cancel',
  '/v1/fine_tuning/jobs',
  '/v1/chat/completions/chatcmpl-1',
  '/v1/chat/completions/chatcmpl-1/messages',
  '/v1/responses/resp_1',
  '/v1/responses/resp_1/cancel',
  '/v1/responses/resp_1/input_items',
  '/v1/responses/input_tokens',
  '/v1/conversations/conv_1/items',
];

describe('paths that are no LLM calls', () => {
  for (const path of PATHS) it(path, () => assert.equal(findEndpoint('api.openai.com', path), undefined));
});
