/**
 * A stream whose usage we ask for comes uncompressed over the http client: from a compressed one the extra event with
 * `choices: []` could not be taken out, and `chunk.choices[0].delta` would throw in the application.
 */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { tapHttpClient } from '../../src/llm/client.js';
import { chatEvents, startLlmServer, USAGE } from '../support/llm-server.js';
import { testTap } from '../support/llm-tap.js';

it('a server that compresses streams is asked for plain text where it is asked for usage', async () => {
  const server = await startLlmServer();
  const tap = testTap({ ask: ['127.0.0.1'] });
  tapHttpClient(tap.options);
  server.answer = (response, { text, headers }) => {
    const events = chatEvents({ usage: text.includes('include_usage') ? USAGE : undefined }).join('');
    const zips = String(headers['accept-encoding']).includes('gzip');
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      ...(zips && { 'content-encoding': 'gzip' }),
    });
    response.end(zips ? gzipSync(events) : events);
  };
  const parts: Buffer[] = [];
  const headers = { 'accept-encoding': 'gzip, deflate' };
  await new Promise<void>((done) =>
    request(`${server.url}/chat/completions`, { method: 'POST', agent: false, headers }, (response) =>
      response.on('data', (part: Buffer) => parts.push(part)).on('end', () => done()),
    ).end('{"model":"gpt-4o","stream":true}'),
  );
  await server.close();
  assert.equal(Buffer.concat(parts).toString(), chatEvents({}).join(''));
  const { usage, status } = tap.only();
  assert.equal(status, 'success');
  assert.notEqual(usage, undefined);
});
