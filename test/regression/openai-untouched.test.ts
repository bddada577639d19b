/** Pagination, files and threads broke under proxies around the client; none of them is a call to a model. */
import assert from 'node:assert/strict';
import { json } from '../support/llm-server.js';
import { openaiCase } from '../support/openai.js';

describe('openai: what is no call to a model', () => {
  openaiCase('pages, files and models pass untouched', async ({ openai, server, tap }) => {
    server.answer = (response, request) => {
      const isSecond = request.path.includes('after=');
      const data = [{ id: isSecond ? 'file-2' : 'file-1', object: 'file' }];
      return json({ object: 'list', data, has_more: !isSecond, last_id: 'file-1' })(response, request);
    };
    const ids: string[] = [];
    for await (const file of openai.files.list()) ids.push(file.id);
    assert.deepEqual(ids, ['file-1', 'file-2']);
    const page = await openai.files.list();
    assert.deepEqual([page.hasNextPage(), (await page.getNextPage()).data[0]?.id], [true, 'file-2']);

    server.answer = json({ id: 'file-3', object: 'file' });
    const file = await openai.files.create({ file: new File(['{}'], 'a.jsonl'), purpose: 'batch' });
    assert.equal(file.id, 'file-3');
    assert.match(server.received.at(-1)!.text, /name="purpose"\r\n\r\nbatch/);
    assert.deepEqual(tap.events, []);
  });
});
