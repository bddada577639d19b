/** Results of a batch and a response in the background, fetched without an SDK: over fetch, axios, got and undici. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { tap, tapCase } from './all-taps.js';
import axios from 'axios';
import * as undici from 'undici';
import { json, type Answer } from '../../support/llm-server.js';
import { fixture } from '../../support/llm-provider.js';

const OUTPUT = fixture('batch/openai-output.jsonl');
const LINES = ['gpt-4o-2024-08-06 success 2000+300', 'gpt-4o-2024-08-06 success 100+50'];
const headers = { 'x-intelia-feature': 'nightly' };

/** How each of them reads a URL as text. */
const READERS: Record<string, (url: string) => Promise<string>> = {
  fetch: async (url) => (await fetch(url, { headers })).text(),
  'fetch with a URL': async (url) => (await fetch(new URL(url), { headers })).text(),
  'fetch with a Request': async (url) => (await fetch(new Request(url, { headers }))).text(),
  axios: async (url) => (await axios.get<string>(url, { headers, responseType: 'text' })).data,
  got: async (url) => (await import('got')).got(url, { headers }).text(),
  'undici.fetch': async (url) => (await undici.fetch(url, { headers })).text(),
};

const compressed: Answer = (response) =>
  response
    .writeHead(200, { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' })
    .end(gzipSync(OUTPUT));

describe('fetched later, without an SDK', () => {
  let file = 0;
  for (const [name, read] of Object.entries(READERS)) {
    tapCase(`${name}: results of a batch, compressed, twice`, async ({ server, recorded }) => {
      server.answer = compressed;
      const url = `${server.url}/files/file-${++file}/content`;
      for (let i = 0; i < 2; i++) assert.equal(await read(url), OUTPUT);
      assert.deepEqual(await recorded(2), LINES);
      assert.deepEqual(tap.events.map(({ feature }) => feature), ['nightly', 'nightly']);
      assert.ok(server.received.every((request) => request.headers['x-intelia-feature'] === undefined));
    }); // prettier-ignore

    tapCase(`${name}: a response in the background`, async ({ server, recorded }) => {
      const id = `resp_${++file}`;
      const usage = { input_tokens: 30, output_tokens: 20, total_tokens: 50 };
      const response = {
        id,
        object: 'response',
        background: true,
        model: 'gpt-5.1',
        created_at: 1,
        error: null,
      };
      server.answer = json({ ...response, status: 'in_progress', usage: null });
      await read(`${server.url}/responses/${id}`);
      server.answer = json({ ...response, status: 'completed', usage });
      for (let i = 0; i < 2; i++) await read(`${server.url}/responses/${id}`);
      assert.deepEqual(await recorded(1), ['gpt-5.1 success 30+20']);
    });
  }

  tapCase('undici.request', async ({ server, recorded }) => {
    // Where Node's own fetch was used first, its older undici sends for this one too, and shows nothing of bodies.
    const others = undici.getGlobalDispatcher();
    undici.setGlobalDispatcher(new undici.Agent());
    try {
      server.answer = compressed;
      const url = `${server.url}/files/file-${++file}/content`;
      for (let i = 0; i < 2; i++) await (await undici.request(url, { headers })).body.dump();
      assert.deepEqual(await recorded(2), LINES);
      assert.equal(server.received[0]?.headers['x-intelia-feature'], undefined);
    } finally {
      await undici.getGlobalDispatcher().destroy();
      undici.setGlobalDispatcher(others);
    }
  });
});
