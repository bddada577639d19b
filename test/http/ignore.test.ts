import assert from 'node:assert/strict';
import { ignoredPaths } from '../../src/http/ignore.js';
import { readConfig } from '../../src/config.js';
import { hasHttp2Channels } from '../support/http.js';
import { startProcess } from '../support/run-process.js';
import { join } from 'node:path';

describe('INTELIA_HTTP_IGNORE', () => {
  it('is a list of paths, exact or everything below', () => {
    const { httpIgnore } = readConfig(() => assert.fail('no warning'), {
      INTELIA_HTTP_IGNORE: '/health, /internal/* ,/a/b/',
    });
    const isIgnored = ignoredPaths(httpIgnore);
    const ignored = [
      '/health',
      '/health?full=1',
      '/internal/',
      '/internal/a/b?c',
      '/a/b/',
      'http://api:80/health?x',
    ];
    const counted = [
      '/',
      '/health/',
      '/healthy',
      '/internal',
      '/internals/a',
      '/a/b',
      '/x/health',
      '',
      '*',
      'http://health',
    ];
    assert.deepEqual(
      [...ignored, ...counted].filter((url) => isIgnored?.(url)),
      ignored,
    );
  });

  it('asks nothing of a request when it is not set', () => {
    assert.equal(ignoredPaths(readConfig(() => {}, {}).httpIgnore), undefined);
  });

  it('leaves out everything with /*', () => {
    assert.equal(ignoredPaths(['/*'])?.('/any/thing'), true);
  });

  it('leaves requests out of the counts of a process', async () => {
    const { ended } = startProcess({
      nodeArgs: ['--require', 'tsx/cjs'],
      script: join(__dirname, '../fixtures/http/ignored.cts'),
      env: { INTELIA_HTTP_IGNORE: '/health,/internal/*' },
    });
    const { stdout, code } = await ended;
    assert.equal(code, 0);
    const all = hasHttp2Channels ? 4 : 2;
    assert.deepEqual(JSON.parse(stdout), { 'method=GET,endpoint=(unmatched),status=200': all });
  });
});
