import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asksAgain, hasErrorReply, redisOperation } from '../../../src/db/drivers/redis-command.js';

describe('redis commands', () => {
  it('are named in upper case', () => {
    assert.equal(redisOperation('get', ['a']), 'GET');
    assert.equal(redisOperation(Buffer.from('JSON.SET'), []), 'JSON.SET');
    assert.equal(redisOperation('not a command', []), 'OTHER');
    assert.equal(redisOperation('x'.repeat(41), []), 'OTHER');
  });

  it('are no queries when they wait for others, or keep a connection up', () => {
    for (const name of [
      'subscribe',
      'MONITOR',
      'blpop',
      'BZMPOP',
      'wait',
      'auth',
      'HELLO',
      'client',
      'ping',
    ]) {
      assert.equal(redisOperation(name, []), undefined, name);
    }
    assert.equal(redisOperation('XREAD', ['XREAD', 'block', '0', 'STREAMS', 's', '$']), undefined);
    assert.equal(redisOperation('xreadgroup', ['GROUP', 'g', 'c', 'STREAMS', 's', '>']), 'XREADGROUP');
  });

  it('have an answer for anything', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: false, maxDepth: 1 }).filter(isText),
        fc.array(fc.anything()),
        (name, args) => {
          assert.match(redisOperation(name, args) ?? 'NONE', /^[A-Z][A-Z0-9._-]{0,39}$/);
        },
      ),
    );
  });

  it('fail by EXEC when one of its replies is an error', () => {
    assert.equal(hasErrorReply('EXEC', ['OK', new Error('WRONGTYPE')]), true);
    assert.equal(hasErrorReply('EXEC', ['OK']), false);
    assert.equal(hasErrorReply('EXEC', null), false);
    assert.equal(hasErrorReply('MGET', [new Error('none')]), false);
  });

  it('are asked again with the whole script, and in a cluster upon a redirection', () => {
    for (const text of ['MOVED 42 127.0.0.1:1', 'ASK 42 127.0.0.1:1', 'NOSCRIPT No matching script.']) {
      assert.ok(asksAgain(new Error(text), true), text);
      assert.equal(asksAgain(new Error(text), false), text.startsWith('NOSCRIPT'), text);
    }
    assert.ok(!asksAgain(new Error('ASKED too much'), true));
    assert.ok(!asksAgain('MOVED 1 a', true));
  });
});

function isText(value: unknown): boolean {
  try {
    return typeof String(value) === 'string';
  } catch {
    return false;
  }
}
