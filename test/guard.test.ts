import assert from 'node:assert/strict';
import { createGuard, MAX_FAILURES } from '../src/guard.js';
import { createLog } from '../src/log.js';
import { testContext } from './support/context.js';

describe('guard', () => {
  it('gives back what the work gives, and swallows and counts what it throws', () => {
    const { context, errors } = testContext();
    assert.equal(
      context.guard.run('sum', () => 2),
      2,
    );
    assert.equal(context.guard.run('sum', () => { throw new Error('x'); }), undefined); // prettier-ignore
    assert.deepEqual(errors, ['sum']);
  });

  it('switches off what goes on failing, and says so once', () => {
    const { context, errors, warnings } = testContext();
    let calls = 0;
    const hook = context.guard.wrap('hook', () => {
      calls++;
      throw new Error('always');
    });
    for (let i = 0; i < 100; i++) hook();
    assert.equal(calls, MAX_FAILURES);
    assert.equal(errors.length, MAX_FAILURES);
    assert.equal(warnings.length, 2);
    assert.match(warnings[1] ?? '', /hook failed 10 times and is now off/);
  });

  it('tells an error’s name and place, never its message', () => {
    const { context, warnings } = testContext();
    context.guard.run('tap', () => JSON.parse('{"prompt": my secret prompt'));
    context.guard.run('query', () => { throw new Error('sk-secret'); }); // prettier-ignore
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /^\[intelia-otel\] tap failed and was skipped: SyntaxError at /);
    assert.doesNotMatch(warnings.join(), /secret/);
  });

  it('stands when even counting fails', () => {
    const guard = createGuard(createLog(() => {}), () => { throw new Error('no'); }); // prettier-ignore
    assert.equal(guard.run('x', () => { throw undefined; }), undefined); // prettier-ignore
  });
});

describe('log', () => {
  it('writes a problem once, on one line, bounded', () => {
    const lines: string[] = [];
    const log = createLog((text) => void lines.push(text));
    log.warnOnce('a', 'first\nsecond\u2028third');
    log.warnOnce('a', 'again');
    log.warnOnce('b', 'x'.repeat(10_000));
    assert.equal(lines[0], '[intelia-otel] first second third\n');
    assert.equal(lines.length, 2);
    assert.ok((lines[1] ?? '').length < 600);
  });

  it('is quiet after a hundred distinct problems', () => {
    const lines: string[] = [];
    const log = createLog((text) => void lines.push(text));
    for (let i = 0; i < 1000; i++) log.warnOnce(String(i), 'x');
    assert.equal(lines.length, 100);
  });

  it('survives a closed stderr', () => {
    const log = createLog(() => { throw new Error('EPIPE'); }); // prettier-ignore
    assert.doesNotThrow(() => log.say('x'));
  });
});
