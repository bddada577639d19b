import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { parseRetryAfter } from '../../src/export/failures.js';
import { startOtlpReceiver, type OtlpReceiver, type Scripted } from '../support/otlp-receiver.js';
import { closePushes, testPush, until } from '../support/push.js';

const QUESTIONS = 'intelia_questions_total';
const web = { source: 'web', language: 'fr' };
const SECRET = 'Basic MTIzNDU2OmdsY19zZWNyZXQ=';
const TLS = join(__dirname, '../fixtures/tls');
const tls = {
  key: readFileSync(join(TLS, 'key.pem'), 'utf8'),
  cert: readFileSync(join(TLS, 'cert.pem'), 'utf8'),
};

interface Row {
  readonly name: string;
  readonly answer: Scripted;
  readonly reason: string;
  readonly line: RegExp;
  readonly path?: string;
  /** False when the backend has taken the totals all the same. */
  readonly sent?: boolean;
}

/** rejected_data_points = 3, error_message = text, as an ExportMetricsServiceResponse. */
function partialSuccess(text: string): Buffer {
  const message = Buffer.from(text);
  const inner = Buffer.concat([Buffer.from([0x08, 3, 0x12, message.length]), message]);
  return Buffer.concat([Buffer.from([0x0a, inner.length]), inner]);
}

const STATUS_ROWS: readonly Row[] = [
  { name: '401', answer: { status: 401, body: `bad token ${SECRET}` }, reason: 'unauthorized', line: /401, the credentials are refused; check OTEL_EXPORTER_OTLP_HEADERS/ },
  { name: '403', answer: { status: 403 }, reason: 'unauthorized', line: /403, the credentials are refused/ },
  { name: '404', answer: { status: 404 }, reason: 'not_found', line: /404, nothing takes metrics there; check the path of the endpoint/ },
  { name: '404 of a doubled path', answer: { status: 404 }, path: '/otlp/v1/metrics', reason: 'not_found', line: /the path is doubled: leave \/v1\/metrics out of OTEL_EXPORTER_OTLP_ENDPOINT/ },
  { name: '400', answer: { status: 400, body: `out of order sample\u001b[31m\nfor ${SECRET}` }, reason: 'bad_request', line: /400, the request is refused: "out of order sample \[31m for \*\*\*"/ },
  { name: '413', answer: { status: 413 }, reason: 'too_large', line: /OTEL_EXPORTER_OTLP_COMPRESSION=gzip/ },
  { name: '429', answer: { status: 429, headers: { 'Retry-After': '120' } }, reason: 'rate_limited', line: /429, rate limited \(Retry-After: 120\); raise OTEL_METRIC_EXPORT_INTERVAL/ },
  { name: '503', answer: { status: 503, body: 'upstream <down>' }, reason: 'server_error', line: /503, the backend is not well: "upstream <down>"/ },
  { name: '418', answer: { status: 418 }, reason: 'client_error', line: /: 418; check OTEL_EXPORTER_OTLP_ENDPOINT/ },
  { name: 'a redirect', answer: { status: 307, headers: { Location: 'https://user:hunter22@login.example.com/in?token=hunter22' } }, reason: 'redirect', line: /307, a redirect to https:\/\/login\.example\.com\/in; it is not followed, since the credentials would go along/ },
  { name: 'a reset', answer: 'reset', reason: 'network', line: /the connection failed \(ECONNRESET\)/ },
  { name: 'no answer in time', answer: 'hang', reason: 'timeout', line: /no answer in time; .*OTEL_EXPORTER_OTLP_TIMEOUT \(200 ms\)/ },
  { name: 'partial success', answer: { status: 200, headers: { 'Content-Type': 'application/x-protobuf' }, body: partialSuccess('series limit\nreached') }, reason: 'partial_success', sent: true, line: /the backend refused 3 data points: "series limit reached"/ },
  { name: 'partial success in JSON', answer: { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{"partialSuccess":{"rejectedDataPoints":"2","errorMessage":"too old"}}' }, reason: 'partial_success', sent: true, line: /the backend refused 2 data points: "too old"/ },
]; // prettier-ignore

/** No second try within the time, so that one flush is one request. */
const ONE_TRY = { OTEL_METRIC_EXPORT_TIMEOUT: '700', OTEL_EXPORTER_OTLP_TIMEOUT: '200' };
const AUTH = { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=${encodeURIComponent(SECRET)}` };

function assertNoSecret(lines: readonly string[]): void {
  for (const line of lines) assert.doesNotMatch(line, /MTIzNDU2|hunter22|glc_/);
}

describe('failures of a push', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => (receiver = await startOtlpReceiver()));
  afterEach(async () => {
    receiver.answer();
    await closePushes();
    await receiver.close();
  });

  for (const { name, answer, reason, line, path = '', sent = false } of STATUS_ROWS) {
    it(`${name}: one line, counted exactly, totals exact once it is over`, async () => {
      const { push, test, failures } = testPush({
        ...ONE_TRY, ...AUTH,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:hunter22@127.0.0.1:${receiver.port}${path}?key=hunter22`,
      }); // prettier-ignore
      receiver.answer(answer);
      for (let i = 0; i < 3; i++) {
        test.context.emit(QUESTIONS, 1, web);
        assert.equal(await push.flush(), sent);
      }
      assert.deepEqual(failures(), { [reason]: 3 });
      assert.equal(test.warnings.length, 1);
      assert.match(test.warnings[0] ?? '', line);
      assert.match(
        test.warnings[0] ?? '',
        new RegExp(`^\\[intelia-otel\\] OTLP push to http://127.0.0.1:${receiver.port}/`),
      );
      assertNoSecret(test.warnings);

      receiver.answer({ status: 200 });
      test.context.emit(QUESTIONS, 1, web);
      assert.equal(await push.flush(), true);
      assert.equal(receiver.total(QUESTIONS, web), 4);
      assert.equal(receiver.total('intelia_otel_export_failures_total', { reason }), 3);
      assert.equal(test.warnings.length, 1);
      assert.deepEqual(test.errors, []);
    });
  }

  it('a redirect is not followed', async () => {
    const other = await startOtlpReceiver();
    const { push } = testPush({ ...ONE_TRY, ...AUTH, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    receiver.answer({ status: 308, headers: { Location: `${other.url}/v1/metrics` } });
    await push.flush();
    assert.deepEqual([receiver.requests.length, other.requests.length], [1, 0]);
    await other.close();
  });

  it('a 200 whose body breaks off is delivered', async () => {
    const { push, test } = testPush({ ...ONE_TRY, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    test.context.emit(QUESTIONS, 1, web);
    receiver.answer({ status: 200, headers: { 'Content-Length': '100' }, body: 'OK' });
    assert.equal(await push.flush(), true);
    assert.deepEqual(test.warnings, []);
  });

  const away = async (url: string, env: Record<string, string> = {}) => {
    const { push, test, failures } = testPush({
      ...ONE_TRY,
      ...AUTH,
      ...env,
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    });
    test.context.emit(QUESTIONS, 1, web);
    for (let i = 0; i < 2; i++) assert.equal(await push.flush(), false);
    assert.equal(test.warnings.length, 1, test.warnings.join('\n'));
    assertNoSecret(test.warnings);
    assert.deepEqual(test.errors, []);
    return { line: test.warnings[0] ?? '', failures: failures() };
  };

  it('refused', async () => {
    const gone = await startOtlpReceiver();
    await gone.close();
    const { line, failures } = await away(gone.url);
    assert.deepEqual(failures, { refused: 2 });
    assert.match(line, /nothing listens there \(ECONNREFUSED\); check host and port/);
  });

  it('a name that nobody knows', async () => {
    const { push, test, time, failures } = testPush({
      ...AUTH,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://nonexistent.invalid:4318',
    });
    const flushed = push.flush();
    await until(() => test.warnings.length === 1); // As long as this machine's name server takes.
    time.advance(60_000);
    assert.equal(await flushed, false);
    assert.match(test.warnings[0] ?? '', /nonexistent\.invalid is not known \((ENOTFOUND|EAI_AGAIN)\)/);
    assert.deepEqual(failures(), { dns: 1 });
    assertNoSecret(test.warnings);
  });

  it('a certificate that is not trusted, and one that is', async () => {
    const secure = await startOtlpReceiver(tls);
    const { line, failures } = await away(secure.url);
    assert.deepEqual(failures, { tls: 2 });
    assert.match(
      line,
      /no secure connection \(DEPTH_ZERO_SELF_SIGNED_CERT\); check OTEL_EXPORTER_OTLP_CERTIFICATE/,
    );

    const { push, test } = testPush({
      OTEL_EXPORTER_OTLP_ENDPOINT: secure.url,
      OTEL_EXPORTER_OTLP_CERTIFICATE: join(TLS, 'cert.pem'),
    });
    test.context.emit(QUESTIONS, 1, web);
    assert.equal(await push.flush(), true);
    assert.equal(secure.total(QUESTIONS, web), 1);
    await secure.close();
  });

  it('https to a server that speaks http', async () => {
    const { line, failures } = await away(receiver.url.replace('http:', 'https:'));
    assert.deepEqual(failures, { tls: 2 });
    assert.match(line, /no secure connection/);
  });

  it('a server that speaks something else', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('\x00\x00\x00grpc says hello'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { line, failures } = await away(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    assert.deepEqual(failures, { network: 2 });
    assert.match(line, /the connection failed \(HPE_/);
    server.close();
  });

  it('a certificate file that cannot be read is told by its name', async () => {
    const { push, test } = testPush({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem',
    });
    assert.equal(await push.flush(), true);
    assert.match(test.warnings.join('\n'), /the ca file "\/nowhere\/ca\.pem" cannot be read/);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);
  const rows: [string, number | undefined][] = [
    ['0', 0],
    ['30', 30_000],
    [' 5 ', 5_000],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['999999999', 600_000],
    ['soon', undefined],
    ['', undefined],
  ];
  for (const [text, ms] of rows) {
    it(JSON.stringify(text), () => assert.equal(parseRetryAfter(text, now), ms));
  }
});
