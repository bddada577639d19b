/**
 * A second tap in one process: put in over another library's wrapper it counted each call twice, under two features;
 * put in directly it saw nothing, and a test that waited for it without an end kept a core busy for good.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openaiChat, startLlmServer } from '../support/llm-server.js';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');
/** Each copy has files of its own: nothing but the process is shared. */
const APP = `
  const { ClientRequest, request } = require('node:http');
  const copy = () => {
    for (const file of Object.keys(require.cache)) if (/src|test.support/.test(file)) delete require.cache[file];
    const { tapHttpClient } = require('${root}/src/llm/taps/client.ts');
    const { tapGlobalFetch } = require('${root}/src/llm/taps/fetch.ts');
    const tap = require('${root}/test/support/llm-tap.ts').testTap({ ask: ['127.0.0.1'], original: () => {} });
    tapHttpClient(tap.options);
    tapGlobalFetch(tap.options);
    return { tap, tapHttpClient };
  };
  const first = copy();
  if (process.argv[2] === 'wrapped between') {
    for (const name of ['write', 'end']) {
      const original = ClientRequest.prototype[name];
      ClientRequest.prototype[name] = function (...args) { return original.apply(this, args); };
    }
    const { fetch } = globalThis;
    globalThis.fetch = (...args) => fetch(...args);
  }
  const second = copy();
  const url = process.argv[1] + '/chat/completions';
  const options = { method: 'POST', headers: { 'x-intelia-feature': 'summary' } };
  const body = '{"model":"gpt-4o-mini","stream":true}';
  const overHttp = new Promise((resolve) => {
    request(url, options, (response) => response.resume().on('end', resolve)).end(body);
  });
  overHttp.then(() => fetch(url, { ...options, body })).then((response) => response.text()).then((text) => {
    const told = ({ tap }) => tap.events.map(({ feature, usage }) => [feature, usage]);
    console.log(JSON.stringify({
      isOther: first.tapHttpClient !== second.tapHttpClient, seen: [told(first), told(second)],
      hasUsage: text.includes('usage'), errors: [...first.tap.test.errors, ...second.tap.test.errors],
    }));
  });`;

describe('two copies of the taps in one process', () => {
  for (const how of ['one after the other', 'wrapped between']) {
    it(`count each call once, ${how}, and the process ends`, async () => {
      const server = await startLlmServer(openaiChat);
      try {
        const { stdout, stderr } = await runProcess({
          nodeArgs: ['--require', 'tsx/cjs'],
          code: APP,
          args: [server.url, how],
        });
        const used = ['summary', { promptTokens: 11, completionTokens: 7 }];
        const want = { isOther: true, seen: [[used, used], []], hasUsage: false, errors: [] };
        assert.deepEqual([stderr, JSON.parse(stdout)], ['', want]);
      } finally {
        await server.close();
      }
    });
  }
});
