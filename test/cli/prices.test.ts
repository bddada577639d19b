import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.js';
import { createPriceFile } from '../../src/llm/prices/price-file.js';
import { createPricer } from '../../src/llm/prices/price.js';
import { SUPPLEMENT } from '../../src/llm/prices/supplement.js';
import { loadPriceTable, TABLE } from '../../src/llm/prices/table.js';
import { testContext } from '../support/context.js';
import { llmEvent } from '../support/llm-event.js';

const NOW = Date.UTC(2026, 10, 22);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: readonly string[];
}

describe('intelia-otel', () => {
  let folder: string;
  let server: Server;
  let base: string;
  let answer: { status: number; body: string };
  let seen: IncomingHttpHeaders | undefined;
  const env = { ...process.env };

  before(async () => {
    server = createServer((request, response) => {
      seen = request.headers;
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => void server.close().closeAllConnections());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'intelia-cli-'));
    answer = { status: 200, body: '' };
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    process.env = { ...env };
  });

  async function cli(...args: string[]): Promise<Ran> {
    let out = '';
    const err: string[] = [];
    const code = await run(args, {
      out: (text) => void (out += text),
      err: (line) => void err.push(line),
      tableUrl: `${base}/data.json`,
      nowMs: () => NOW,
    });
    return { code, out, err };
  }

  function own(content: unknown): string {
    const path = join(folder, 'own.json');
    writeFileSync(path, JSON.stringify(content));
    process.env['INTELIA_LLM_PRICES'] = path;
    return path;
  }

  it('helps when asked, and says in one line what it does not understand', async () => {
    const help = await cli('--help');
    assert.equal(help.code, 0);
    assert.match(help.out, /^Usage: intelia-otel <command>/);
    assert.match((await cli('prices', '--help')).out, /^Usage: intelia-otel prices/);
    assert.equal((await cli('--version')).code, 0);
    const bad: [args: string[], line: string | RegExp][] = [
      [[], /^which command\? .*prices.* \(--help\)$/],
      [['price'], /^"price" is no command: .*prices.* \(--help\)$/],
      [['__proto__'], /^"__proto__" is no command: .*prices.* \(--help\)$/],
      [['prices', '--jsn'], /^Unknown option '--jsn' \(--help\)$/],
      [['prices', '--check'], /^Option '--check <value>' argument missing \(--help\)$/],
      [['prices', '--check', ' '], '--check takes a URL'],
      [['prices', '--check', '127.0.0.1:9464'], /^"127.0.0.1:9464" is no http or https URL, such as /],
      [['prices', '--update='], '--update takes a file'],
      [['prices', 'gpt-4o', ' '], 'a model has a name'],
      [['prices', 'gpt-4o', '--check', 'http://x'], /one of them/],
    ];
    for (const [args, line] of bad) {
      const { code, out, err } = await cli(...args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(out, '');
      assert.equal(err.length, 1);
      if (typeof line === 'string') assert.equal(err[0], line);
      else assert.match(err[0] as string, line);
    }
  });

  it('shows what a model costs here, from which source and of what date', async () => {
    const path = own({ 'my-gpt': { input_mtok: 2, output_mtok: 8 } });
    const { code, out, err } = await cli('prices', 'my-gpt', 'gpt-4o', 'mistral:mistral-small-latest');
    assert.deepEqual([code, err], [0, []]);
    const lines = out.split('\n').map((line) => line.split(/ {2,}/));
    assert.deepEqual(lines[0], ['MODEL', 'PRICE', 'USD', 'PER', 'SOURCE', 'DATE']);
    assert.deepEqual(lines[1]?.slice(0, 5), ['my-gpt', 'input', '2', 'M tokens', path]);
    const table = [`genai-prices ${TABLE.version}`, TABLE.date];
    assert.deepEqual(lines[3], ['openai:gpt-4o', 'input', '2.5', 'M tokens', ...table]);
    assert.ok(out.includes('tier priority'));
    assert.match(
      out,
      /mistral:mistral-small-latest +input +0\.15 +M tokens +supplement: https:\S+ +2026-08-21/,
    );
  });

  it('shows own prices and the sources there are when no model is named', async () => {
    own({ 'my-gpt': { input_mtok: 2 } });
    const { code, out } = await cli('prices');
    assert.equal(code, 0);
    assert.match(out, /^MODEL.*\nmy-gpt +input +2 /);
    assert.match(out, /\ngenai-prices \S+ +2026-09-23\nsupplement +20\d\d-\d\d-\d\d\n/);
  });

  it('gives JSON, and 1 for a model without a price', async () => {
    const { code, out } = await cli('prices', '--json', 'tts-1', 'nobody', 'aws:amazon.nova-lite-v1:0');
    assert.equal(code, 1);
    const { prices } = JSON.parse(out) as { prices: Record<string, unknown>[] };
    assert.deepEqual(prices[0]?.['price'], { characters_mchar: 15 });
    assert.deepEqual(prices[1], { model: 'nobody', price: null });
    assert.equal(prices[2]?.['provider'], 'aws');
    assert.match((await cli('prices', 'nobody')).out, /\nnobody +no price is known\n/);
  });

  it('has the version and the day of the list that is installed', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    assert.equal(lock.packages['node_modules/@pydantic/genai-prices']?.version, TABLE.version);
  });

  describe('--check', () => {
    const series = (labels: string, value = 1) => `intelia_llm_unpriced_requests_total{${labels}} ${value}\n`;

    it('names the models seen that have no price', async () => {
      own({ mine: { input_mtok: 1 } });
      process.env['INTELIA_METRICS_TOKEN'] = 'a-secret-token';
      answer.body =
        '# TYPE intelia_llm_unpriced_requests_total counter\n' +
        series('model="gpt-99",reason="unknown_model"', 0) +
        series('model="a\\"b}",reason="unknown_model"', 7) +
        series('model="mine",reason="unknown_model"', 3) +
        series('model="gpt-4o",reason="no_usage"', 2);
      const { code, out } = await cli('prices', '--check', `${base}/metrics`);
      assert.equal(code, 1);
      assert.equal(seen?.authorization, 'Bearer a-secret-token');
      assert.equal(seen['x-intelia-peek'], '1');
      assert.match(out, /\ngpt-99 +0 +no price: add it/);
      assert.match(out, /\na"b} +7 +no price/);
      assert.match(out, /\nmine +3 +it had no price; INTELIA_LLM_PRICES has one now\n/);
      assert.match(out, /\ngpt-4o +2 +the answer told no usage\n/);
      const json = await cli('prices', '--check', `${base}/metrics`, '--json');
      assert.equal((JSON.parse(json.out) as { unpriced: unknown[] }).unpriced.length, 4);
    });

    it('is content when there is none', async () => {
      answer.body = 'intelia_uptime_seconds 5\n';
      assert.deepEqual(await cli('prices', '--check', base), {
        code: 0,
        out: 'Every model seen has a price.\n',
        err: [],
      });
      assert.equal(seen?.authorization, undefined);
      answer.body += series('model="gpt-4o",reason="no_usage"');
      assert.equal((await cli('prices', '--check', base)).code, 0);
    });

    it('says what is wrong with the endpoint', async () => {
      const complaint = async () => (await cli('prices', '--check', base)).err[0] ?? '';
      answer = { status: 401, body: '' };
      assert.match(await complaint(), /answers 401: set INTELIA_METRICS_TOKEN/);
      answer = { status: 500, body: '' };
      assert.match(await complaint(), /answers 500$/);
      answer = { status: 200, body: 'up 1\n' };
      assert.match(await complaint(), /has no metrics of ours/);
      const { code, err } = await cli('prices', '--check', 'http://127.0.0.1:9/metrics');
      assert.equal(code, 2);
      assert.match(err[0] as string, /cannot be reached \(\S.*\)$/);
    });
  });

  describe('--update', () => {
    const list = [
      {
        id: 'openai',
        name: 'OpenAI',
        api_pattern: 'https://api\\.openai\\.com',
        model_match: { starts_with: 'gpt-' },
        description: 'text that nobody needs',
        models: [
          {
            id: 'gpt-4o',
            name: 'x',
            match: { starts_with: 'gpt-4o' },
            prices: { input_mtok: 3, new_unit: 9 },
          },
          { id: 'broken', match: { regex: '(' }, prices: { input_mtok: 3 } },
          { id: 'odd', match: { equals: 'odd' }, prices: { input_mtok: -3 } },
        ],
      },
    ];

    it('writes a list that the runtime then uses, and keeps own prices', async () => {
      const path = own({ mine: { input_mtok: 1 } });
      answer.body = JSON.stringify(list);
      const { code, out, err } = await cli('prices', '--update', path);
      assert.deepEqual([code, err], [0, []]);
      assert.match(
        out,
        /^Wrote \S+: 1 models of 1 providers, as of 2026-11-22, without 2 that this version cannot read\.\n/,
      );
      assert.deepEqual(readdirSync(folder), ['own.json']);
      const text = readFileSync(path, 'utf8');
      assert.ok(!text.includes('nobody needs') && !text.includes('new_unit'));

      const { context, warnings } = testContext();
      const file = createPriceFile({ path, log: context.log, nowMs: () => NOW, onChange: () => {} });
      const sources = { loadTable: loadPriceTable, supplement: SUPPLEMENT, overrides: file.rows };
      const pricer = createPricer({ ...sources, newer: file.newer, guard: context.guard }, () => NOW);
      const usage = { promptTokens: 1e6 };
      assert.deepEqual(pricer.quote(llmEvent({ usage })), { costUsd: 3 });
      assert.deepEqual(pricer.quote(llmEvent({ model: 'mine', usage })), { costUsd: 1 });
      assert.deepEqual(pricer.quote(llmEvent({ model: 'o3', usage })), { costUsd: 2 });
      assert.deepEqual(warnings, []);
      assert.match(
        (await cli('prices', 'gpt-4o')).out,
        /input +3 +M tokens +genai-prices in \S+ +2026-11-22/,
      );
    });

    it('makes a file that is not there, and writes through a link', async () => {
      answer.body = JSON.stringify(list);
      const path = join(folder, 'new.json');
      assert.equal((await cli('prices', '--update', path, '--json')).code, 0);
      const link = join(folder, 'link.json');
      symlinkSync(path, link);
      writeFileSync(path, '{"mine": {"image": 1}}');
      assert.equal((await cli('prices', '--update', link)).code, 0);
      assert.match(readFileSync(path, 'utf8'), /^\{"mine":.*"genai_prices":\{"date":"2026-11-22"/);
    });

    it('writes nothing when it cannot, and says why in one line', async () => {
      const path = own({ mine: { input_mtok: 1 } });
      const before = readFileSync(path, 'utf8');
      const complaint = async (file = path) => {
        const { code, err, out } = await cli('prices', '--update', file);
        assert.deepEqual([code, out, err.length], [2, '', 1]);
        assert.equal(readFileSync(path, 'utf8'), before);
        return err[0] as string;
      };
      answer = { status: 503, body: '' };
      assert.match(
        await complaint(),
        /^no newer prices: http\S+ cannot be had \(it answers 503\); nothing was written$/,
      );
      for (const body of ['', '<html>', '[]', '{}', '[{"id": 1}]']) {
        answer = { status: 200, body };
        assert.match(await complaint(), /is no list of prices; nothing was written$/, body);
      }
      answer.body = JSON.stringify(list);
      const text = join(folder, 'text.txt');
      writeFileSync(text, 'not JSON');
      assert.match(await complaint(text), /is no JSON object of model ids; nothing was written$/);
      assert.match(await complaint(folder), /cannot be read \(EISDIR\)$/);
      assert.match(await complaint(join(folder, 'no', 'such.json')), /cannot be written \(ENOENT\)$/);
    });
  });
});
