import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type * as Jose from 'jose' with { 'resolution-mode': 'import' };
import { createAuth, type Auth } from '../../src/export/auth.js';
import { createLog } from '../../src/log.js';

type Claims = Record<string, unknown>;

const TOKEN = 'a-token-of-the-metrics';
const SECRET = 'a secret for HS256 of 32 bytes..';
const none = { metricsToken: undefined, jwtSecret: undefined, jwksUrl: undefined };
const lines: string[] = [];
const log = createLog((text) => void lines.push(text));
const soon = (): number => Math.floor(Date.now() / 1000) + 60;
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('auth of a scrape', () => {
  let jose: typeof Jose;
  let server: Server;
  let jwksUrl: string;
  let pair: Jose.GenerateKeyPairResult;
  let stranger: Jose.GenerateKeyPairResult;
  let asked = 0;
  let reply: { status: number; body: string };

  before(async () => {
    jose = await import('jose');
    pair = await jose.generateKeyPair('ES256', { extractable: true });
    stranger = await jose.generateKeyPair('ES256');
    const jwk = { ...(await jose.exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    reply = { status: 200, body: JSON.stringify({ keys: [jwk] }) };
    server = createServer((_req, res) => {
      asked++;
      res
        .writeHead(reply.status, { 'content-type': 'application/json', connection: 'close' })
        .end(reply.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  after(() => void server.close());

  const hs256 = (claims: Claims, secret = SECRET): Promise<string> =>
    new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
  const es256 = (claims: Claims, key = pair.privateKey): Promise<string> =>
    new jose.SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key);
  const admin = (): Claims => ({ role: 'super_admin', exp: soon() });
  const asks = async (auth: Auth, token: string): Promise<boolean> => auth(`Bearer ${token}`);

  it('is open when nothing is configured', async () => {
    assert.equal(await createAuth(none, log)(undefined), true);
  });

  describe('by token', () => {
    const auth = createAuth({ ...none, metricsToken: TOKEN }, log);
    for (const [header, expected] of [
      [`Bearer ${TOKEN}`, true],
      [`bearer  ${TOKEN}`, true],
      [undefined, false],
      ['', false],
      ['Bearer', false],
      [TOKEN, false],
      [`Basic ${TOKEN}`, false],
      [`Bearer ${TOKEN}x`, false],
      [`Bearer ${TOKEN.slice(0, -1)}`, false],
      [`Bearer ${TOKEN} x`, false],
      [`Bearer ${'x'.repeat(10_000)}`, false],
    ] as const) {
      it(`${String(header).slice(0, 40)}: ${expected}`, async () =>
        assert.equal(await auth(header), expected));
    }
  });

  describe('by HS256 secret', () => {
    const auth = createAuth({ ...none, jwtSecret: SECRET }, log);
    const past = (): number => Math.floor(Date.now() / 1000) - 60;
    const cases: [string, () => string | Promise<string>, boolean][] = [
      ['role', () => hs256(admin()), true],
      ['one of several roles', () => hs256({ roles: ['user', 'super_admin'], exp: soon() }), true],
      ['another role', () => hs256({ role: 'admin', exp: soon() }), false],
      ['roles that is text', () => hs256({ roles: 'super_admin', exp: soon() }), false],
      ['no role', () => hs256({ exp: soon() }), false],
      ['expired', () => hs256({ role: 'super_admin', exp: past() }), false],
      ['no expiry', () => hs256({ role: 'super_admin' }), false],
      ['an expiry that is no number', () => hs256({ role: 'super_admin', exp: 'never' }), false],
      ['not valid yet', () => hs256({ ...admin(), nbf: soon() }), false],
      ['another secret', () => hs256(admin(), 'another secret of thirty two byte'), false],
      ['a changed payload', async () => (await hs256(admin())).replace(/\.[^.]+\./, `.${base64({ ...admin(), x: 1 })}.`), false],
      ['alg none', () => `${base64({ alg: 'none' })}.${base64(admin())}.`, false],
      ['alg none with a signature', () => `${base64({ alg: 'none' })}.${base64(admin())}.AAAA`, false],
      ['HS512', () => new jose.SignJWT(admin()).setProtectedHeader({ alg: 'HS512' }).sign(Buffer.from(SECRET)), false],
      ['ES256', () => es256(admin()), false],
      ['not a JWT', () => 'a.b', false],
      ['nonsense', () => 'a.b.c', false],
    ]; // prettier-ignore
    for (const [name, token, expected] of cases) {
      it(`${name}: ${expected}`, async () => assert.equal(await asks(auth, await token()), expected));
    }
  });

  describe('by JWKS', () => {
    const make = (): Auth => createAuth({ ...none, jwksUrl }, log);
    const confused = (key: string): string => {
      const head = `${base64({ alg: 'HS256', kid: 'k1' })}.${base64(admin())}`;
      return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`;
    };
    const cases: [string, () => string | Promise<string>, boolean][] = [
      ['a key of the set', () => es256(admin()), true],
      ['a key that is not of the set', () => es256(admin(), stranger.privateKey), false],
      ['another role', () => es256({ role: 'user', exp: soon() }), false],
      ['expired', () => es256({ role: 'super_admin', exp: 1 }), false],
      ['no expiry', () => es256({ role: 'super_admin' }), false],
      ['HS256 with the public key as its secret', async () => confused(await jose.exportSPKI(pair.publicKey)), false],
      ['HS256 with the key set as its secret', () => confused(reply.body), false],
      ['alg none', () => `${base64({ alg: 'none', kid: 'k1' })}.${base64(admin())}.`, false],
    ]; // prettier-ignore
    for (const [name, token, expected] of cases) {
      it(`${name}: ${expected}`, async () => assert.equal(await asks(make(), await token()), expected));
    }

    it('asks for the keys once, and never for what is no JWT', async () => {
      const auth = make();
      asked = 0;
      assert.equal(await asks(auth, 'no-jwt'), false);
      assert.equal(asked, 0);
      for (let i = 0; i < 3; i++) assert.equal(await asks(auth, await es256(admin())), true);
      assert.equal(asked, 1);
      assert.deepEqual(lines, []);
    });

    it('refuses, and says so once, while there are no keys; and recovers', async () => {
      const auth = make();
      const good = reply;
      for (const bad of [
        { status: 503, body: '' },
        { status: 200, body: 'no JSON' },
        { status: 200, body: '{}' },
      ]) {
        reply = bad;
        assert.equal(await asks(auth, await es256(admin())), false);
      }
      assert.equal(
        await asks(createAuth({ ...none, jwksUrl: 'http://127.0.0.1:1/' }, log), await es256(admin())),
        false,
      );
      const { host } = new URL(jwksUrl);
      assert.deepEqual(lines, [
        `[intelia-otel] INTELIA_METRICS_JWKS_URL: no keys from ${host}; scrapes with a JWT are refused\n`,
      ]);
      reply = good;
      assert.equal(await asks(auth, await es256(admin())), true);
    });
  });

  it('any configured way suffices', async () => {
    const auth = createAuth({ metricsToken: TOKEN, jwtSecret: SECRET, jwksUrl }, log);
    for (const token of [TOKEN, await hs256(admin()), await es256(admin())]) {
      assert.equal(await asks(auth, token), true);
    }
    assert.equal(await asks(auth, await es256(admin(), stranger.privateKey)), false);
  });
});
