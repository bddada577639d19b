/** What is read of a message without parsing it is what parsing would give. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memberOf, memberOfMessage } from '../../../src/llm/wire/peek.js';

const NAMES = ['type', 'event_id', 'response_id', 'delta'];
/** Without a backslash in them: such a name or type is none of the protocol's. */
const plain = fc.string({ unit: fc.constantFrom('a', 'é', '{', '}', ',', ':', '[', ' ', '.', '😀') });
const value = fc.oneof(
  fc.record({ string: plain }),
  fc.record({ json: fc.jsonValue() }),
  fc.record({ json: fc.constantFrom(null, true, -1.5e3, [], {}, [[{ type: 'inner' }]], { type: 'inner' }) }),
);
const members = fc.uniqueArray(
  fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string().filter((key) => !JSON.stringify(key).includes('\\'))), value),
  { selector: ([key]) => key },
); // prettier-ignore

describe('memberOf', () => {
  it('gives the string members of any object, however it is written', () => {
    fc.assert(
      fc.property(members, fc.constantFrom(undefined, 1, '\t'), (entries, space) => {
        const object = Object.fromEntries(
          entries.map(([key, found]) => [key, 'string' in found ? found.string : found.json]),
        ) as Record<string, unknown>;
        const text = JSON.stringify(object, null, space);
        for (const name of NAMES) {
          const wanted = Object.hasOwn(object, name) ? object[name] : undefined;
          if (typeof wanted === 'string' && JSON.stringify(wanted).includes('\\')) continue;
          const expected = typeof wanted === 'string' ? wanted : undefined;
          assert.equal(memberOf(text, name), expected, text);
          assert.equal(memberOfMessage(Buffer.from(text), name), expected, text);
        }
      }),
    );
  });

  it('throws at no text, and ends', () => {
    const junk = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('{', '"', '\\', ',', ':', '[', ']', '}', ' ') }),
    );
    fc.assert(fc.property(junk, (text) => void memberOf(text, 'type')));
  });

  it('finds the type behind a long string, and behind the head of a message', () => {
    const text = JSON.stringify({ delta: 'A'.repeat(200_000), usage: { n: [1, 2] }, type: 'x' });
    assert.equal(memberOf(text, 'type'), 'x');
    assert.equal(memberOfMessage(Buffer.from(text), 'type'), 'x');
  });

  it('gives nothing of what is cut off', () => {
    const text = '{"event_id":"event_1","type":"response.done"}';
    for (let end = 0; end < text.length - 2; end++)
      assert.equal(memberOf(text.slice(0, end), 'type'), undefined);
    assert.equal(memberOf(text, 'type'), 'response.done');
  });
});
