/**
 * What must be counted of any HTTP framework: one table, run for each over a raw connection. The framework under test
 * answers these routes in its own way of writing them:
 *
 *     GET  /                     ok
 *     GET  /users/:id            ok
 *     POST /upload               reads the body, then ok
 *     GET  /throw/:id            throws
 *     GET  /reject/:id           fails later, after a turn of the loop
 *     GET  /teapot/:id           418, by the framework's own error with a status
 *     GET  /cached/:id           304
 *     GET  /hang/:id             waits for `control.held()`, then ok
 *     GET  /stream/:id           writes `first`, waits for `control.held()`, writes `last`
 *     GET  /events/:id           the same as a text/event-stream
 *     GET  /api/v1/items/:item   ok, from a prefix, plugin or nested router
 */
import assert from 'node:assert/strict';
import type { Server } from 'node:net';
import { UNMATCHED } from '../../src/http/route.js';
import type { TestContext } from './context.js';
import { counted, head, measured, rawClient, until, type RawClient } from './http.js';

const REQUESTS = 'intelia_http_requests_total';
/** What every framework reads by itself. */
const JSON_BODY = 'Content-Type: application/json';

/** Lets a test hold answers back. */
export interface Control {
  /** Resolves when the test lets go. */
  held(): Promise<void>;
}

export interface Started {
  readonly port: number;
  readonly isSecure?: boolean;
  /** Where WebSocket upgrades are listened for. */
  readonly server?: Server;
  close(): unknown;
}

export interface Framework {
  start(control: Control): Promise<Started>;
  /** `/users/:id` as this framework writes it. */
  readonly template?: (path: string) => string;
  /** Endpoint and status of what frameworks answer each in their own way, by `METHOD /path`; undefined skips it. */
  readonly differs?: Readonly<Record<string, string | undefined>>;
  /** Where a request is counted whose client left in the middle of its body, when that is read before any route. */
  readonly leftInBody?: string;
  /** Requests beyond the table's: `METHOD /path` to endpoint and status. */
  readonly also?: Readonly<Record<string, string>>;
}

/** One after the other, each over a connection of its own. */
const PLAIN: Readonly<Record<string, string>> = {
  'GET /': '/ 200',
  'GET /users/42?a=1': '/users/:id 200',
  'HEAD /users/42': '/users/:id 200',
  'OPTIONS /users/42': `${UNMATCHED} 404`,
  'DELETE /users/42': `${UNMATCHED} 404`,
  'GET /throw/1': '/throw/:id 500',
  'GET /reject/1': '/reject/:id 500',
  'GET /teapot/1': '/teapot/:id 418',
  'GET /cached/1': '/cached/:id 304',
  'GET /api/v1/items/9': '/api/v1/items/:item 200',
  'GET /api/v1/nope/9': `${UNMATCHED} 404`,
  'GET /nope/42': `${UNMATCHED} 404`,
};

export function describeFramework(name: string, framework: Framework): void {
  const template = framework.template ?? ((path) => path);
  const expected = { ...PLAIN, ...framework.differs, ...framework.also };

  describe(name, () => {
    let test: TestContext;
    let started: Started;
    let waiting: (() => void)[] = [];
    const clients: RawClient[] = [];
    const control: Control = { held: () => new Promise((resolve) => void waiting.push(resolve)) };
    const release = (): void => {
      for (const resolve of waiting.splice(0)) resolve();
    };

    before(async function () {
      this.timeout(180_000); // Some are built first.
      measured(); // The hooks come first, as they do behind the door.
      started = await framework.start(control);
    });
    beforeEach(() => {
      test = measured();
      waiting = [];
    });
    afterEach(() => {
      for (const { socket } of clients.splice(0)) socket.destroy();
      assert.deepEqual(test.errors, []);
    });
    after(() => started.close());

    const client = async (): Promise<RawClient> => {
      const one = await rawClient(started.port, started.isSecure);
      clients.push(one);
      return one;
    };

    /** All series once `n` requests were counted and what else may come has come. */
    async function recorded(n: number): Promise<Record<string, number>> {
      await until(() => counted(test) >= n);
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      return test.series(REQUESTS);
    }

    const series = (method: string, path: string, status: number | string): string =>
      `method=${method},endpoint=${template(path)},status=${status}`;

    for (const [request, answer] of Object.entries(expected)) {
      if (answer === undefined) continue;
      const [endpoint = '', status = ''] = answer.split(/ (?=\d+$)/);
      it(`${request} is ${endpoint} ${status}`, async () => {
        const [method = '', path = ''] = request.split(' ');
        const one = await client();
        one.send(head(method, path, 'Connection: close'));
        await one.closed();
        assert.match(one.received, new RegExp(`^HTTP/1.1 ${status}`));
        assert.deepEqual(await recorded(1), { [series(method, endpoint, status)]: 1 });
      });
    }

    it('keeps a connection alive', async () => {
      const one = await client();
      for (let i = 1; i <= 3; i++) {
        one.send(head('GET', `/users/${i}`));
        await one.receive('HTTP/1.1 200', i);
      }
      assert.deepEqual(await recorded(3), { [series('GET', '/users/:id', 200)]: 3 });
    });

    it('takes pipelined requests apart', async () => {
      const one = await client();
      one.send(head('GET', '/users/1') + head('GET', '/nope/1') + head('GET', '/api/v1/items/2'));
      await one.receive('HTTP/1.1 ', 3);
      assert.deepEqual(await recorded(3), {
        [series('GET', '/users/:id', 200)]: 1,
        [series('GET', UNMATCHED, 404)]: 1,
        [series('GET', '/api/v1/items/:item', 200)]: 1,
      });
    });

    it('waits for a slow body', async () => {
      const one = await client();
      one.send(head('POST', '/upload', 'Content-Length: 4', JSON_BODY) + '[1');
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      assert.equal(counted(test), 0);
      one.send('2]');
      await one.receive('HTTP/1.1 20');
      assert.deepEqual(Object.values(await recorded(1)), [1]);
      assert.match(Object.keys(test.series(REQUESTS)).join(), /method=POST,endpoint=\/upload,status=20/);
    });

    it('counts a body after 100-continue once', async () => {
      const one = await client();
      one.send(head('POST', '/upload', 'Expect: 100-continue', 'Content-Length: 2', JSON_BODY));
      await one.receive('HTTP/1.1 100 Continue');
      one.send('{}');
      await one.receive('HTTP/1.1 20');
      assert.deepEqual(Object.values(await recorded(1)), [1]);
      assert.match(Object.keys(test.series(REQUESTS)).join(), /method=POST,endpoint=\/upload,status=20/);
    });

    for (const path of ['/stream/:id', '/events/:id']) {
      it(`counts ${path} when its last byte is written`, async () => {
        const one = await client();
        one.send(head('GET', path.replace(':id', '7')));
        await one.receive('first');
        await until(() => waiting.length > 0);
        assert.equal(counted(test), 0);
        release();
        await one.receive('last');
        assert.deepEqual(await recorded(1), { [series('GET', path, 200)]: 1 });
      });
    }

    it('counts a client that left before the answer, or in its middle, as 499', async () => {
      for (const path of ['/hang/:id', '/stream/:id', '/events/:id']) {
        const one = await client();
        one.send(head('GET', path.replace(':id', '7')));
        if (path !== '/hang/:id') await one.receive('first');
        await until(() => waiting.length > 0);
        const before = counted(test);
        one.socket.destroy();
        await recorded(before + 1);
        release();
      }
      assert.deepEqual(await recorded(3), {
        [series('GET', '/hang/:id', 499)]: 1,
        [series('GET', '/stream/:id', 499)]: 1,
        [series('GET', '/events/:id', 499)]: 1,
      });
    });

    it('counts a client that left in the middle of its own body as 499', async () => {
      const one = await client();
      one.send(head('POST', '/upload', 'Content-Length: 100', JSON_BODY) + 'abc');
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      one.socket.destroy();
      assert.deepEqual(await recorded(1), { [series('POST', framework.leftInBody ?? '/upload', 499)]: 1 });
    });

    it('makes two series of 10,000 URLs', async function () {
      this.timeout(180_000); // Next.js renders a page for each.
      const one = await client();
      // Ten at a time: Express listens on the connection for each, and Node warns of more.
      for (let sent = 0; sent < 10_000; sent += 10) {
        const paths = Array.from({ length: 5 }, (_, i) => [`/users/${sent + i}`, `/junk${sent + i}/x`]);
        one.send(paths.flatMap((pair) => pair.map((path) => head('GET', path))).join(''));
        await until(() => counted(test) === sent + 10);
        one.received = '';
      }
      assert.deepEqual(await recorded(10_000), {
        [series('GET', '/users/:id', 200)]: 5_000,
        [series('GET', UNMATCHED, 404)]: 5_000,
      });
    });

    it('does not count a WebSocket upgrade', async function () {
      if (started.server === undefined) return this.skip();
      started.server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
      const upgraded = await client();
      upgraded.send(head('GET', '/users/1', 'Connection: Upgrade', 'Upgrade: websocket'));
      await upgraded.receive('HTTP/1.1 101');
      await upgraded.closed();
      started.server.removeAllListeners('upgrade');
      const plain = await client();
      plain.send(head('GET', '/users/1'));
      await plain.receive('HTTP/1.1 200');
      assert.deepEqual(await recorded(1), { [series('GET', '/users/:id', 200)]: 1 });
    });
  });
}
