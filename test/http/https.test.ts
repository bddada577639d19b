import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { setRoute } from '../../src/http/route.js';
import type { TestContext } from '../support/context.js';
import { counted, head, measured, until } from '../support/http.js';

const REQUESTS = 'intelia_http_requests_total';
const pem = (name: string): Buffer => readFileSync(join(__dirname, '../fixtures/tls', `${name}.pem`));
const tls = { key: pem('key'), cert: pem('cert') };

function handle(req: IncomingMessage, res: ServerResponse): void {
  const path = req.url ?? '';
  setRoute(req, path.replace(/\d+/, ':n'));
  if (path.startsWith('/half')) res.write('half');
  else if (!path.startsWith('/hang')) res.end('ok');
}

const servers: Record<string, () => Server> = {
  'an https server': () => createServer(tls, handle),
  'HTTP/1 on an HTTP/2 server': () =>
    createSecureServer({ ...tls, allowHTTP1: true }, (req, res) => handle(req as never, res as never)),
};

for (const [name, create] of Object.entries(servers)) {
  describe(name, () => {
    let test: TestContext;
    let server: Server;
    const sockets: TLSSocket[] = [];

    beforeEach(async () => {
      test = measured();
      server = create().listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(async () => {
      for (const socket of sockets.splice(0)) socket.destroy();
      server.close();
      await once(server, 'close');
      assert.deepEqual(test.errors, []);
    });

    /** Sends bytes; resolves when `text` came back `times` times. */
    async function send(bytes: string, text?: string, times = 1): Promise<TLSSocket> {
      const { port } = server.address() as AddressInfo;
      // The certificate is nobody's; here only what the server counts is of interest.
      const socket = connect({
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ALPNProtocols: ['http/1.1'],
      });
      sockets.push(socket);
      let received = '';
      socket.on('error', () => {}).on('data', (chunk) => (received += chunk.toString('latin1')));
      await once(socket, 'secureConnect');
      socket.write(bytes);
      if (text !== undefined) await until(() => received.split(text).length > times);
      return socket;
    }

    it('counts requests by route and status, pipelined too', async () => {
      await send(
        head('GET', '/users/1') + head('HEAD', '/users/2') + head('POST', '/x', 'Content-Length: 0'),
        '200',
        3,
      );
      await until(() => counted(test) === 3);
      assert.deepEqual(test.series(REQUESTS), {
        'method=GET,endpoint=/users/:n,status=200': 1,
        'method=HEAD,endpoint=/users/:n,status=200': 1,
        'method=POST,endpoint=/x,status=200': 1,
      });
    });

    it('counts a client that left before the answer or in its middle as 499', async () => {
      let started = 0;
      server.on('request', () => started++);
      const first = await send(head('GET', '/hang/1'));
      await until(() => started === 1);
      first.destroy();
      (await send(head('GET', '/half/1'), 'half')).destroy();
      await until(() => counted(test) === 2);
      assert.deepEqual(test.series(REQUESTS), {
        'method=GET,endpoint=/hang/:n,status=499': 1,
        'method=GET,endpoint=/half/:n,status=499': 1,
      });
    });
  });
}
