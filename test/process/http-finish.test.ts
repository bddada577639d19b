/** The end of an answer is seen on the versions of Node that are known and on later ones, which are asked another way. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parsePromText } from '../support/prom-text.js';
import { runProcess } from '../support/run-process.js';

const root = join(__dirname, '../..');

const LATER = `data:text/javascript,
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '99.0.0' } });`;

/** One request, a pipeline of three whose first is the slowest, and one that takes its connection over. */
const APP = `
  const http = require('node:http');
  const { connect } = require('node:net');
  const { once } = require('node:events');
  const { setRoute } = require(process.env.PACKAGE);
  const { ownMetrics } = require(process.env.OWN_METRICS);
  const { name, length } = http.ServerResponse.prototype.detachSocket;
  const server = http.createServer((req, res) => {
    setRoute(req, req.url);
    if (req.url === '/taken') {
      const { socket } = req;
      res.detachSocket(socket);
      socket.destroy();
    } else if (req.url === '/slow') setImmediate(() => res.end('slow'));
    else res.end('ok');
  });
  const send = async (port, text) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text)).resume();
    await once(socket, 'close');
  };
  const get = (path, last) => 'GET ' + path + ' HTTP/1.1\\r\\nhost: x\\r\\n' + (last ? 'connection: close\\r\\n' : '') + '\\r\\n';
  server.listen(0, '127.0.0.1', async () => {
    const { port } = server.address();
    await send(port, get('/one', true));
    await send(port, get('/slow') + get('/two') + get('/three', true));
    await send(port, get('/taken'));
    const text = await ownMetrics(process.env.PACKAGE);
    const now = http.ServerResponse.prototype.detachSocket;
    console.log(JSON.stringify({ text, isAlike: now.name === name && now.length === length }));
    server.close();
  });`;

describe('the end of an answer', () => {
  for (const [node, before] of Object.entries({ 'this Node': [], 'a later Node': ['--import', LATER] })) {
    it(`is seen once for each request, on ${node}`, async () => {
      const { code, stdout, stderr } = await runProcess({
        nodeArgs: [...before, '--require', join(root, 'dist/register.cjs')],
        code: APP,
        env: {
          OTEL_EXPORTER_PROMETHEUS_PORT: '0',
          OTEL_SERVICE_NAME: 'finish',
          PACKAGE: join(root, 'dist/index.cjs'),
          OWN_METRICS: join(root, 'test/support/own-metrics.cjs'),
        },
      });
      assert.equal(code, 0, stderr);
      const { text, isAlike } = JSON.parse(stdout) as { text: string; isAlike: boolean };
      assert.equal(isAlike, true);
      const { samples } = parsePromText(text).get('intelia_http_requests_total') ?? { samples: [] };
      const counts = samples.map(({ labels, value }) => [`${labels['endpoint']} ${labels['status']}`, value]);
      assert.deepEqual(Object.fromEntries(counts), {
        '/one 200': 1,
        '/slow 200': 1,
        '/two 200': 1,
        '/three 200': 1,
        // Its connection ended, and its answer did not.
        '/taken 500': 1,
      });
    });
  }
});
