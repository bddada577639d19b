/** Node's own servers without a framework, whose routes the application names, under the cases of all frameworks. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { setRoute, UNMATCHED } from '../../src/http/route.js';
import { counted, head, measured, rawClient, until } from '../support/http.js';
import { describeFramework, type Control } from '../support/http-cases.js';

const pem = (name: string): Buffer => readFileSync(join(__dirname, '../fixtures/tls', `${name}.pem`));
const tls = { key: pem('key'), cert: pem('cert') };

const ok: RequestListener = (_req, res) => void res.end('ok');
const answer = (status: number): RequestListener => {
  return (_req, res) => void res.writeHead(status).end();
};

function routes({ held }: Control): Readonly<Record<string, RequestListener>> {
  const slowly = (type: string): RequestListener => {
    return (_req, res) => {
      res.writeHead(200, { 'content-type': type }).write('first');
      void held().then(() => res.end('last'));
    };
  };
  return {
    'GET /': ok,
    'GET /users/:id': ok,
    'HEAD /users/:id': ok,
    'POST /upload': (req, res) => void req.resume().on('end', () => res.end('ok')),
    'GET /reject/:id': (_req, res) => void setImmediate(() => res.writeHead(500).end()),
    'GET /teapot/:id': answer(418),
    'GET /cached/:id': answer(304),
    'GET /hang/:id': (_req, res) => void held().then(() => res.end('ok')),
    'GET /stream/:id': slowly('text/plain'),
    'GET /events/:id': slowly('text/event-stream'),
    'GET /api/v1/items/:item': ok,
  };
}

function listener(control: Control): RequestListener {
  const table = Object.entries(routes(control)).map(([key, handle]) => ({
    template: key.slice(key.indexOf(' ') + 1),
    pattern: new RegExp(`^${key.replace(/:\w+/g, '[^/]+')}$`),
    handle,
  }));
  return (req, res) => {
    const asked = `${req.method} ${req.url?.split('?')[0]}`;
    const route = table.find(({ pattern }) => pattern.test(asked));
    if (route !== undefined) setRoute(req, route.template);
    (route?.handle ?? answer(404))(req, res);
  };
}

const SERVERS = {
  'node:http': { create: (handle: RequestListener) => createServer(handle) },
  'node:https': { create: (handle: RequestListener) => createHttps(tls, handle), isSecure: true },
  'HTTP/1 on a server of node:http2': {
    create: (handle: RequestListener) => createSecureServer({ ...tls, allowHTTP1: true }, handle as never),
    isSecure: true,
  },
};

for (const [name, { create, ...options }] of Object.entries(SERVERS)) {
  describeFramework(`${name}, with setRoute`, {
    async start(control) {
      const server = create(listener(control)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return { ...options, port, server, close: () => server.close() };
    },
    // That would be the end of the process: see server.test.ts.
    differs: { 'GET /throw/1': undefined },
  });
}

describe('broken framing', () => {
  for (const [name, { create, ...options }] of Object.entries<{
    create: (handle: RequestListener) => Server;
    isSecure?: boolean;
  }>(SERVERS)) {
    it(`is the 400 that Node sends: ${name}`, async () => {
      const test = measured();
      const server = create(() => {}).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const one = await rawClient((server.address() as AddressInfo).port, options.isSecure);
      one.send(`${head('POST', '/x', 'Transfer-Encoding: chunked')}ZZ\r\n`);
      await one.receive('HTTP/1.1 400');
      await until(() => counted(test) > 0);
      assert.deepEqual(test.series('intelia_http_requests_total'), {
        [`method=POST,endpoint=${UNMATCHED},status=400`]: 1,
      });
      server.close();
    });
  }
});
