import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { markOwn } from '../../src/http/ignore.js';
import { routeState, setRoute } from '../../src/http/route.js';
import type { TestContext } from '../support/context.js';
import {
  counted,
  head,
  measured,
  rawClient,
  serve,
  until,
  type RawClient,
  type Served,
} from '../support/http.js';

const REQUESTS = 'intelia_http_requests_total';
const DURATION = 'intelia_http_request_duration_seconds';
const ERRORS = 'intelia_errors_total';

describe('HTTP server hook', () => {
  let test: TestContext;
  let served: Served;
  let open: RawClient[] = [];
  const responses = new Map<string, ServerResponse>();

  const client = async (): Promise<RawClient> => {
    const one = await rawClient(served.port);
    open.push(one);
    return one;
  };

  /** What the test's server does is in the path. */
  function handle(req: IncomingMessage, res: ServerResponse): void {
    const path = req.url ?? '';
    setRoute(req, path.replace(/\d+/, ':n'));
    responses.set(path, res);
    if (path.startsWith('/hang')) return;
    if (path.startsWith('/half')) {
      res.writeHead(200);
      res.write('half');
      return;
    }
    const status = /^\/status\/(\d+)/.exec(path)?.[1];
    if (status !== undefined) res.statusCode = Number(status);
    res.end(status === '304' || status === '204' ? undefined : 'ok');
  }

  beforeEach(async () => {
    test = measured();
    responses.clear();
    served = await serve(handle);
  });

  afterEach(async () => {
    for (const { socket } of open) socket.destroy();
    open = [];
    await served.close();
    assert.deepEqual(test.errors, []);
  });

  /** Waits for that many requests, lets what else may come arrive, and gives all series. */
  async function recorded(n: number): Promise<Record<string, number>> {
    await until(() => counted(test) >= n);
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    return test.series(REQUESTS);
  }

  it('records method, endpoint, status and seconds once a response has closed', async () => {
    const one = await client();
    one.send(head('GET', '/half'));
    await one.receive('half');
    assert.deepEqual(test.series(REQUESTS), {});
    test.advance(0.25);
    responses.get('/half')?.end();
    assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/half,status=200': 1 });
    assert.deepEqual(test.series(DURATION), { 'method=GET,endpoint=/half': 1 });
    assert.equal(test.sum(DURATION), 0.25);
    assert.deepEqual(test.series(ERRORS), {});
  });

  it('counts each request of a kept-alive connection', async () => {
    const one = await client();
    for (let i = 1; i <= 3; i++) {
      one.send(head('GET', `/item/${i}`));
      await one.receive('HTTP/1.1 200', i);
    }
    assert.deepEqual(await recorded(3), { 'method=GET,endpoint=/item/:n,status=200': 3 });
  });

  it('counts pipelined requests, answered or not', async () => {
    const one = await client();
    one.send(head('GET', '/a') + head('GET', '/b') + head('GET', '/c'));
    await one.receive('HTTP/1.1 200', 3);
    await recorded(3);
    one.send(head('GET', '/hang') + head('GET', '/ready') + head('GET', '/hang/2'));
    await until(() => responses.has('/hang/2'));
    one.socket.destroy();
    assert.deepEqual(await recorded(6), {
      'method=GET,endpoint=/a,status=200': 1,
      'method=GET,endpoint=/b,status=200': 1,
      'method=GET,endpoint=/c,status=200': 1,
      // Node never closes the two that waited for their turn.
      'method=GET,endpoint=/hang,status=499': 1,
      'method=GET,endpoint=/ready,status=499': 1,
      'method=GET,endpoint=/hang/:n,status=499': 1,
    });
  });

  it('counts pipelined requests that wait and are answered later', async () => {
    const one = await client();
    one.send(head('GET', '/hang') + head('GET', '/ready'));
    await until(() => responses.has('/ready'));
    responses.get('/hang')?.end('late');
    await one.receive('HTTP/1.1 200', 2);
    await recorded(2);
    one.socket.destroy();
    assert.deepEqual(await recorded(2), {
      'method=GET,endpoint=/hang,status=200': 1,
      'method=GET,endpoint=/ready,status=200': 1,
    });
  });

  it('counts answers without a body: HEAD, 204, 304, OPTIONS', async () => {
    const one = await client();
    const requests = ['HEAD /x', 'GET /status/204', 'GET /status/304', 'OPTIONS /x'];
    for (const [i, line] of requests.entries()) {
      const [method = '', path = ''] = line.split(' ');
      one.send(head(method, path));
      await one.receive('HTTP/1.1 ', i + 1);
    }
    assert.deepEqual(await recorded(4), {
      'method=HEAD,endpoint=/x,status=200': 1,
      'method=GET,endpoint=/status/:n,status=204': 1,
      'method=GET,endpoint=/status/:n,status=304': 1,
      'method=OPTIONS,endpoint=/x,status=200': 1,
    });
  });

  it('takes the sent status when the connection ends with the answer, whoever closes it', async () => {
    const ways: [string, (res: ServerResponse) => void][] = [
      ['Connection: close', (res) => void res.end('bye')],
      ['Connection: keep-alive', (res) => void res.end('bye', () => res.req.socket.destroy())],
      ['Connection: keep-alive', (res) => void res.end('bye')],
    ];
    for (const [i, [header, end]] of ways.entries()) {
      const one = await client();
      one.send(head('GET', '/hang', header));
      await until(() => responses.has('/hang'));
      end(responses.get('/hang') as ServerResponse);
      responses.clear();
      await one.receive('bye');
      if (i === 2) one.socket.resetAndDestroy();
      await one.closed();
    }
    assert.deepEqual(await recorded(3), { 'method=GET,endpoint=/hang,status=200': 3 });
  });

  it('counts a request with 100-continue once', async () => {
    const one = await client();
    one.send(head('POST', '/upload', 'Expect: 100-continue', 'Content-Length: 2'));
    await one.receive('HTTP/1.1 100 Continue');
    one.send('hi');
    await one.receive('HTTP/1.1 200');
    served.server.once('checkContinue', (req, res) => {
      setRoute(req, '/refused');
      res.writeHead(413).end();
    });
    const two = await client();
    two.send(head('POST', '/upload', 'Expect: 100-continue', 'Content-Length: 2'));
    await two.receive('HTTP/1.1 413');
    const three = await client();
    three.send(head('POST', '/upload', 'Expect: the-impossible', 'Content-Length: 2'));
    await three.receive('HTTP/1.1 417');
    assert.deepEqual(await recorded(3), {
      'method=POST,endpoint=/upload,status=200': 1,
      'method=POST,endpoint=/refused,status=413': 1,
      'method=POST,endpoint=(unmatched),status=417': 1,
    });
  });

  it('does not count upgrades and tunnels, nor what is no HTTP', async () => {
    const upgrade = head('GET', '/socket', 'Connection: Upgrade', 'Upgrade: websocket');
    served.server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
    served.server.on('connect', (_req, socket) => socket.end('HTTP/1.1 200 Tunnel\r\n\r\n'));
    for (const bytes of [upgrade, head('CONNECT', 'example.org:443'), 'no http at all\r\n\r\n']) {
      const one = await client();
      one.send(bytes);
      await one.receive('HTTP/1.1 ');
      await one.closed();
    }
    // An upgrade that nobody listens for is a plain request to Node.
    served.server.removeAllListeners('upgrade');
    const one = await client();
    one.send(upgrade);
    await one.receive('HTTP/1.1 200');
    assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/socket,status=200': 1 });
  });

  describe('when the answer does not finish', () => {
    for (const [how, leave] of Object.entries<(one: RawClient) => void>({
      'closes the connection': ({ socket }) => void socket.destroy(),
      'ends its side': ({ socket }) => void socket.end(),
      'resets the connection': ({ socket }) => void socket.resetAndDestroy(),
    })) {
      it(`records 499 when the client ${how}, before the headers and in the middle of the body`, async () => {
        for (const path of ['/hang', '/half']) {
          const one = await client();
          one.send(head('GET', path));
          await (path === '/half' ? one.receive('half') : until(() => responses.has(path)));
          leave(one);
        }
        assert.deepEqual(await recorded(2), {
          'method=GET,endpoint=/hang,status=499': 1,
          'method=GET,endpoint=/half,status=499': 1,
        });
        // The handlers come to their end all the same.
        for (const res of responses.values()) res.end('nobody listens');
        assert.equal(Object.values(await recorded(2)).join(), '1,1');
        assert.deepEqual(test.series(ERRORS), {});
      });
    }

    it('records 499 when the client leaves in the middle of its own body', async () => {
      const one = await client();
      one.send(head('POST', '/hang', 'Content-Length: 100') + 'abc');
      await until(() => responses.has('/hang'));
      one.socket.destroy();
      assert.deepEqual(await recorded(1), { 'method=POST,endpoint=/hang,status=499': 1 });
    });

    const chunk = 'ZZ\r\n';
    for (const [what, body, status] of [
      ['broken framing', chunk, 400],
      ['endless chunk extensions', `1;${'x'.repeat(20_000)}`, 413],
      ['endless trailers', `0\r\nX: ${'x'.repeat(20_000)}`, 431],
    ] as const) {
      it(`records the ${status} that Node sends for ${what}`, async () => {
        const one = await client();
        one.send(head('POST', '/hang', 'Transfer-Encoding: chunked') + body);
        await one.receive(`HTTP/1.1 ${status}`);
        assert.deepEqual(await recorded(1), { [`method=POST,endpoint=/hang,status=${status}`]: 1 });
      });
    }

    it('records 499 for broken framing where Node sends nothing: the answer has begun, or the application cares', async () => {
      const one = await client();
      one.send(head('POST', '/half', 'Transfer-Encoding: chunked'));
      await one.receive('half');
      one.send(chunk);
      await one.closed();
      served.server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 422 No\r\n\r\n'));
      const two = await client();
      two.send(head('POST', '/hang', 'Transfer-Encoding: chunked') + chunk);
      await two.receive('HTTP/1.1 422');
      two.socket.destroy();
      assert.deepEqual(await recorded(2), {
        'method=POST,endpoint=/half,status=499': 1,
        'method=POST,endpoint=/hang,status=499': 1,
      });
    });

    it('records the 408 that Node sends for a body that takes longer than the server waits', async () => {
      await served.close();
      const limits = { requestTimeout: 30, headersTimeout: 30, connectionsCheckingInterval: 10 };
      served = await serve(undefined, createServer(limits, handle));
      const one = await client();
      one.send(head('POST', '/hang', 'Content-Length: 100') + 'abc');
      // From Node itself, to the connection: no answer of the application's.
      await one.receive('HTTP/1.1 408');
      assert.deepEqual(await recorded(1), { 'method=POST,endpoint=/hang,status=408': 1 });
    });

    it('records 499 while the client does not read what was sent', async () => {
      const one = await client();
      one.socket.pause();
      one.send(head('GET', '/half'));
      await until(() => responses.has('/half'));
      responses.get('/half')?.end(Buffer.alloc(32_000_000));
      one.socket.destroy();
      assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/half,status=499': 1 });
    });

    it('records 500 when the server itself breaks it off, whatever its headers said', async () => {
      const cuts: ((res: ServerResponse) => void)[] = [
        (res) => res.destroy(),
        (res) => res.destroy(new Error('upstream failed')),
        (res) => res.socket?.destroy(),
        (res) => res.writeHead(200).destroy(),
      ];
      for (const [i, cut] of cuts.entries()) {
        const path = i === 3 ? '/hang' : '/half';
        const one = await client();
        one.send(head('GET', path));
        await until(() => responses.has(path));
        cut(responses.get(path) as ServerResponse);
        responses.clear();
        await one.closed();
      }
      assert.deepEqual(await recorded(4), {
        'method=GET,endpoint=/half,status=500': 3,
        'method=GET,endpoint=/hang,status=500': 1,
      });
      assert.deepEqual(test.series(ERRORS), { 'type=http_5xx,severity=error': 4 });
    });

    it('takes the sent status of streams that a closing server ends', async () => {
      const one = await client();
      one.send(head('GET', '/half'));
      await one.receive('half');
      const two = await client();
      two.send(head('GET', '/hang'));
      await until(() => responses.has('/hang'));
      await served.close();
      assert.deepEqual(await recorded(2), {
        'method=GET,endpoint=/half,status=200': 1,
        'method=GET,endpoint=/hang,status=500': 1,
      });
    });

    it('still counts a request of a connection that lingers after server.close', async () => {
      const one = await client();
      one.send(head('GET', '/hang'));
      await until(() => responses.has('/hang'));
      served.server.close();
      responses.get('/hang')?.end('drained');
      await one.receive('drained');
      assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/hang,status=200': 1 });
    });
  });

  it('survives a handler that throws into the process', async () => {
    const thrown = new Error('from the handler');
    served.server.prependListener('request', (req) => {
      if (req.url === '/hang/throw') throw thrown;
    });
    // Mocha's own listener would fail the test.
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const caught = new Promise((resolve) => process.once('uncaughtException', resolve));
    try {
      const one = await client();
      one.send(head('GET', '/hang/throw'));
      assert.equal(await caught, thrown);
      const two = await client();
      two.send(head('GET', '/fine'));
      await two.receive('HTTP/1.1 200');
      one.socket.destroy(); // It got no answer; leaving is all that a client can do.
    } finally {
      for (const listener of others) process.on('uncaughtException', listener);
    }
    assert.deepEqual(await recorded(2), {
      'method=GET,endpoint=/fine,status=200': 1,
      'method=GET,endpoint=(unmatched),status=499': 1,
    });
  });

  it('counts a refusal that Node itself answers', async () => {
    served.server.maxRequestsPerSocket = 1;
    const one = await client();
    one.send(head('GET', '/a') + head('GET', '/b'));
    await one.receive('HTTP/1.1 503');
    assert.deepEqual(await recorded(2), {
      'method=GET,endpoint=/a,status=200': 1,
      'method=GET,endpoint=(unmatched),status=503': 1,
    });
    assert.deepEqual(test.series(ERRORS), { 'type=http_5xx,severity=error': 1 });
  });

  it('takes the method that was sent, and only the known ones', async () => {
    served.server.prependListener('request', (req) => {
      if (req.url === '/override') req.method = 'DELETE';
    });
    const one = await client();
    one.send(head('POST', '/override', 'Content-Length: 0'));
    await one.receive('HTTP/1.1 200');
    one.send(head('PROPFIND', '/dav'));
    await one.receive('HTTP/1.1 200', 2);
    assert.deepEqual(await recorded(2), {
      'method=POST,endpoint=/override,status=200': 1,
      'method=other,endpoint=/dav,status=200': 1,
    });
    assert.deepEqual(test.series('intelia_otel_dropped_measurements_total'), {});
  });

  it('does not count our own servers and requests', async () => {
    const own = createServer((_req, res) => res.end('metrics'));
    markOwn(own);
    const metrics = await serve(undefined, own);
    served.server.prependListener('request', (req) => {
      if (req.url === '/metrics') routeState(req).isOwn = true;
    });
    for (const port of [metrics.port, served.port]) {
      const [res] = (await once(
        get({ port, host: '127.0.0.1', path: '/metrics', agent: false }),
        'response',
      )) as [IncomingMessage];
      await once(res.resume(), 'end');
    }
    const one = await client();
    one.send(head('GET', '/mine'));
    await one.receive('HTTP/1.1 200');
    await metrics.close();
    assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/mine,status=200': 1 });
  });

  it('makes one series of 10,000 URLs', async () => {
    await served.close();
    served = await serve((_req, res) => void res.end());
    const one = await client();
    for (let sent = 0; sent < 10_000; sent += 500) {
      one.send(Array.from({ length: 500 }, (_, i) => head('GET', `/junk/${sent + i}?q=${i}`)).join(''));
      await until(() => counted(test) === sent + 500);
    }
    assert.deepEqual(await recorded(10_000), { 'method=GET,endpoint=(unmatched),status=200': 10_000 });
  });

  it('lets go of requests, also on a connection that stays open', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose_gc');
    const gc = runInNewContext('gc') as () => void;
    const one = await client();
    one.send(head('GET', '/a') + head('GET', '/b'));
    await one.receive('HTTP/1.1 200', 2);
    await recorded(2);
    const refs = [...responses.values()].map((res) => new WeakRef(res));
    responses.clear();
    // Node's own parser holds on to the last request until the next one comes.
    one.send(head('GET', '/c'));
    await recorded(3);
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    gc();
    assert.deepEqual(
      refs.map((ref) => ref.deref()),
      [undefined, undefined],
    );
  });
});
