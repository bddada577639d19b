/**
 * A model's name or an id that is cut out of a longer text keeps all of that alive in V8, and such names are remembered:
 * results of batches, and what is said over a socket, would have stayed with them.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');

/** The marker is put together while the child runs: it stands in no source text. */
const APP = `
  const { createLater } = require('./src/llm/taps/later.ts');
  const { createSession } = require('./src/llm/taps/session.ts');
  const { normaliseModel } = require('./src/llm/model.ts');
  const guard = { run: (_, work) => work(), wrap: (_, work) => work, report() {} };
  const names = new Set();
  const record = ({ model }) => void (model && (names.add(model), normaliseModel(model)));
  const later = createLater({ now: () => 0, guard, record, schedule() {} });
  const session = createSession({
    endpoint: { provider: 'openai', operation: 'realtime', feature: 'x', model: undefined }, feature: 'x', now: () => 0, record,
  });
  globalThis.kept = [later, session, names];
  function get(host, path, document) {
    const call = later.find('GET', host, path, undefined);
    call.response(200, () => 'application/json');
    call.chunk(Buffer.from(JSON.stringify(document)));
    call.end();
  }
  function run() {
    const secret = ['Zq7', 'words', 'of', 'a', 'user'].join('-');
    const said = secret.repeat(3);
    const line = { custom_id: said, response: { status_code: 200, body: { model: 'mistral-large-2512-of-lines', choices: [said], usage: { prompt_tokens: 1 } } } };
    get('api.openai.com', '/v1/files/file-of-results/content', line);
    get('api.mistral.ai', '/v1/batch/jobs/job-1', { metadata: { said }, model: 'mistral-large-latest', output_file: '0123-4567-89ab-cdef', outputs: [{ custom_id: 'a', response: null, error: { message: said } }] });
    get('generativelanguage.googleapis.com', '/v1beta/batches/batch-1', { metadata: { said, model: 'models/gemini-2.5-flash-of-a-batch', output: { inlinedResponses: { inlinedResponses: [{ error: { code: 3, message: said } }] } } } });
    get('api.openai.com', '/v1/batches/batch_of_openai', { id: 'batch_of_openai', object: 'batch', status: 'completed', model: 'gpt-4o-of-a-batch-object', output_file_id: 'file-1-of-a-batch', metadata: { said }, request_counts: { completed: 1 }, usage: { input_tokens: 1, output_tokens: 1 } });
    get('api.openai.com', '/v1/responses/resp_of_background', { id: 'resp_of_background', object: 'response', background: true, status: 'in_progress', model: 'gpt-5.1-of-a-response', output: [said] });
    for (const as of [(text) => text, (text) => Buffer.from(text)]) {
      const tell = (message) => as(JSON.stringify(message));
      session.sent(tell({ type: 'response.create', event_id: 'event-of-the-application', model: 'gpt-realtime-of-a-message', response: { instructions: said } }));
      session.received(tell({ type: 'input_audio_buffer.committed', item_id: 'item-of-a-conversation', said }));
      session.received(tell({ type: 'response.created', response: { id: 'resp_of_a_session', instructions: said } }));
    }
    later.settle();
    session.closed('lost');
    return names.size;
  }
  const count = run();
  (async () => {
    for (let i = 0; i < 5; i++) { gc(); await new Promise(setImmediate); }
    require('node:v8').writeHeapSnapshot(process.env.SNAPSHOT);
    process.stdout.write(String(count));
  })();`;

it('names and ids cut out of longer texts keep nothing of those alive', async function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), 'intelia-otel-'));
  try {
    const SNAPSHOT = join(folder, 'app.heapsnapshot');
    const nodeArgs = ['--expose-gc', '--require', require.resolve('tsx/cjs')];
    const { stdout, stderr } = await runProcess({ nodeArgs, code: APP, cwd: root, env: { SNAPSHOT }, timeoutMs: 25_000 });
    assert.deepEqual([stdout, stderr], ['5', '']);
    const heap = readFileSync(SNAPSHOT, 'latin1');
    assert.ok(heap.includes('gemini-2.5-flash-of-a-batch'), 'the search is no blind one');
    assert.equal(heap.includes('Zq7-words'), false);
  } finally {
    rmSync(folder, { recursive: true });
  }
}); // prettier-ignore
