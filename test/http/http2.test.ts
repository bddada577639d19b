import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import {
  connect, constants, createServer, type ClientHttp2Session, type ClientHttp2Stream, type Http2Server,
  type Http2ServerRequest, type Http2ServerResponse, type IncomingHttpHeaders, type ServerHttp2Stream,
} from 'node:http2'; // prettier-ignore
import type { AddressInfo } from 'node:net';
import { routeState, setRoute } from '../../src/http/route.js';
import type { TestContext } from '../support/context.js';
import { counted, hasHttp2Channels, measured, until } from '../support/http.js';

const REQUESTS = 'intelia_http_requests_total';
const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

describe('HTTP/2 server hook', () => {
  let test: TestContext;
  let server: Http2Server;
  let session: ClientHttp2Session;
  const streams = new Map<string, ServerHttp2Stream>();
  const thrown = new Error('from the handler');

  before(function () {
    if (!hasHttp2Channels) this.skip(); // Node 20 has no channels of http2.
  });

  /** What the server does is in the path; `api` is how it does it. */
  async function listen(api: 'compatibility' | 'stream'): Promise<void> {
    server = createServer();
    if (api === 'compatibility') server.on('request', compatible);
    else server.on('stream', direct);
    server.on('sessionError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    session.on('error', () => {});
  }

  function compatible(req: Http2ServerRequest, res: Http2ServerResponse): void {
    const { url } = req;
    streams.set(url, res.stream);
    res.stream.on('error', () => {});
    if (!url.startsWith('/nobody')) setRoute(req, url.replace(/\d+/, ':n'));
    if (url === '/own') routeState(req).isOwn = true;
    if (url.startsWith('/throw')) throw thrown;
    if (url.startsWith('/hang')) return;
    if (url.startsWith('/half')) return void res.write('half');
    if (url.startsWith('/upload')) return void req.resume().on('end', () => res.end('ok'));
    res.statusCode = Number(/status\/(\d+)/.exec(url)?.[1] ?? 200);
    res.end(res.statusCode === 304 ? '' : 'ok');
  }

  function direct(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const url = String(headers[':path']);
    streams.set(url, stream);
    stream.on('error', () => {});
    if (!url.startsWith('/nobody')) setRoute(stream, url.replace(/\d+/, ':n'));
    if (url === '/own') routeState(stream as never).isOwn = true;
    if (url.startsWith('/throw')) throw thrown;
    if (url.startsWith('/hang')) return;
    if (url.startsWith('/upload'))
      return void stream.resume().on('end', () => {
        if (stream.destroyed) return;
        stream.respond();
        stream.end('ok');
      });
    if (url.startsWith('/file')) return stream.respondWithFile(__filename);
    const status = Number(/status\/(\d+)/.exec(url)?.[1] ?? 200);
    stream.respond({ ':status': status }, { endStream: status === 304 });
    if (status === 304) return;
    if (url.startsWith('/half')) return void stream.write('half');
    stream.end('ok');
  }

  beforeEach(() => {
    test = measured();
    streams.clear();
  });

  afterEach(async () => {
    session.destroy();
    server.close();
    await once(server, 'close');
    assert.deepEqual(test.errors, []);
  });

  const ask = (path: string, method = 'GET'): ClientHttp2Stream => {
    const stream = session.request({ ':path': path, ':method': method });
    stream.on('error', () => {}).resume();
    return stream;
  };
  const done = (stream: ClientHttp2Stream): Promise<unknown> =>
    stream.closed ? Promise.resolve() : once(stream, 'close').catch(() => {});

  async function recorded(n: number): Promise<Record<string, number>> {
    await until(() => counted(test) >= n);
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    return test.series(REQUESTS);
  }

  for (const api of ['compatibility', 'stream'] as const) {
    describe(`under the ${api} API`, () => {
      beforeEach(() => listen(api));

      it('counts requests of one connection, by route and status', async () => {
        for (const [path, method] of [['/users/1'], ['/users/2'], ['/users/3', 'HEAD'], ['/nobody/1'], ['/status/404'],
          ['/status/304'], ['/status/503'], ['/users/1', 'PROPFIND'], ['/users/1', 'OPTIONS']] as const) await done(ask(path, method)); // prettier-ignore
        assert.deepEqual(await recorded(9), {
          'method=GET,endpoint=/users/:n,status=200': 2,
          'method=HEAD,endpoint=/users/:n,status=200': 1,
          'method=GET,endpoint=(unmatched),status=200': 1,
          'method=GET,endpoint=/status/:n,status=404': 1,
          'method=GET,endpoint=/status/:n,status=304': 1,
          'method=GET,endpoint=/status/:n,status=503': 1,
          'method=other,endpoint=/users/:n,status=200': 1,
          'method=OPTIONS,endpoint=/users/:n,status=200': 1,
        });
        assert.deepEqual(test.series('intelia_errors_total'), { 'type=http_5xx,severity=error': 1 });
      });

      it('counts requests under way at the same time, when each is done', async () => {
        ask('/half/1');
        const second = ask('/half/2');
        await until(() => streams.size === 2);
        test.advance(0.5);
        streams.get('/half/2')?.end();
        await done(second);
        assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/half/:n,status=200': 1 });
        assert.equal(test.sum('intelia_http_request_duration_seconds'), 0.5);
        streams.get('/half/1')?.end();
        assert.deepEqual(await recorded(2), { 'method=GET,endpoint=/half/:n,status=200': 2 });
      });

      it('counts a client that left before the answer or in its middle as 499', async () => {
        for (const path of ['/hang', '/half']) {
          const stream = ask(path);
          await until(() => streams.has(path));
          if (path === '/half') await once(stream, 'response');
          stream.close(path === '/half' ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
          await done(stream);
        }
        ask('/hang/1');
        await until(() => streams.has('/hang/1'));
        session.destroy();
        assert.deepEqual(await recorded(3), {
          'method=GET,endpoint=/hang,status=499': 1,
          'method=GET,endpoint=/half,status=499': 1,
          'method=GET,endpoint=/hang/:n,status=499': 1,
        });
      });

      it('waits for a slow body, and counts a client that left in its middle as 499', async () => {
        const uploads = ['/upload', '/upload/1'].map((path) =>
          session.request({ ':path': path, ':method': 'POST' }, { endStream: false }),
        );
        for (const upload of uploads) upload.on('error', () => {}).resume().write('first'); // prettier-ignore
        await until(() => streams.size === 2);
        for (let i = 0; i < 5; i++) await new Promise(setImmediate);
        assert.equal(counted(test), 0);
        const [whole, left] = uploads as [ClientHttp2Stream, ClientHttp2Stream];
        whole.end('last');
        await done(whole);
        // To close a stream is to end its body first: only the connection can break off in the middle.
        session.destroy();
        await done(left);
        assert.deepEqual(await recorded(2), {
          'method=POST,endpoint=/upload,status=200': 1,
          'method=POST,endpoint=/upload/:n,status=499': 1,
        });
      });

      it('survives a handler that throws into the process', async () => {
        // Mocha's own listener would fail the test.
        const others = process.listeners('uncaughtException');
        process.removeAllListeners('uncaughtException');
        const caught = once(process, 'uncaughtException');
        const stream = ask('/throw/1');
        assert.equal((await caught)[0], thrown);
        for (const listener of others) process.on('uncaughtException', listener);
        stream.close(NGHTTP2_CANCEL); // It got no answer; leaving is all that a client can do.
        await done(stream);
        assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/throw/:n,status=499': 1 });
      });

      it('counts an answer that the server broke off as 500', async () => {
        for (const [path, fail] of [
          ['/half', (stream) => stream.destroy(new Error('failed'))],
          ['/half/1', (stream) => stream.close(NGHTTP2_INTERNAL_ERROR)],
          ['/hang', (stream) => stream.destroy()],
        ] as [string, (stream: ServerHttp2Stream) => void][]) {
          const stream = ask(path);
          await until(() => streams.has(path));
          fail(streams.get(path) as ServerHttp2Stream);
          await done(stream);
        }
        assert.deepEqual(await recorded(3), {
          'method=GET,endpoint=/half,status=500': 1,
          'method=GET,endpoint=/half/:n,status=500': 1,
          'method=GET,endpoint=/hang,status=500': 1,
        });
      });

      it('does not count our own requests', async () => {
        await done(ask('/own'));
        await done(ask('/users/1'));
        assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/users/:n,status=200': 1 });
      });

      it('makes one series of 10,000 URLs', async () => {
        for (let i = 0; i < 10_000; i += 50) {
          await Promise.all(Array.from({ length: 50 }, (_, j) => done(ask(`/nobody/${i + j}`))));
        }
        assert.deepEqual(await recorded(10_000), { 'method=GET,endpoint=(unmatched),status=200': 10_000 });
      });
    });
  }

  it('counts a file that the stream API sends, and not what is pushed with it', async () => {
    await listen('stream');
    server.prependListener('stream', (stream) => {
      if (!stream.pushAllowed) return;
      stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
        pushed.respond();
        pushed.end('pushed');
      });
    });
    session.on('stream', (pushed) => pushed.on('error', () => {}).resume());
    await done(ask('/file'));
    assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/file,status=200': 1 });
  });

  it('counts a body after 100-continue once', async () => {
    await listen('compatibility');
    const upload = session.request({ ':path': '/upload', ':method': 'POST', expect: '100-continue' });
    upload.on('error', () => {}).resume();
    await once(upload, 'continue');
    upload.end('body');
    await done(upload);
    assert.deepEqual(await recorded(1), { 'method=POST,endpoint=/upload,status=200': 1 });
  });

  it('leaves tunnels out, which are no requests', async () => {
    await listen('stream');
    const tunnel = session.request({ ':method': 'CONNECT', ':authority': 'example.org:443' });
    tunnel.on('error', () => {}).resume();
    await done(tunnel);
    await done(ask('/users/1'));
    assert.deepEqual(await recorded(1), { 'method=GET,endpoint=/users/:n,status=200': 1 });
  });

  it('leaves HTTP/1 as it is', async () => {
    await listen('stream');
    const plain = createHttpServer((_req, res) => res.end('ok')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    await (await fetch(`http://127.0.0.1:${(plain.address() as AddressInfo).port}/x`)).text();
    plain.close();
    plain.closeAllConnections();
    assert.deepEqual(await recorded(1), { 'method=GET,endpoint=(unmatched),status=200': 1 });
  });
});
