import assert from 'node:assert/strict';
import fc from 'fast-check';
import { labelBound, MAX_LABEL_LENGTH, OTHER, UNKNOWN, type LabelFault } from '../../src/metrics/labels.js';

/** One accepted value and what was complained about. */
function accept(spec: Parameters<typeof labelBound>[0], given: unknown): [string, LabelFault[]] {
  const faults: LabelFault[] = [];
  return [labelBound(spec).accept(given, (fault) => faults.push(fault)), faults];
}

const throwing = {
  toString(): string {
    throw new Error('the caller’s own');
  },
  valueOf(): string {
    throw new Error('the caller’s own');
  },
};

describe('an open label', () => {
  const cases: [name: string, given: unknown, value: string, ...faults: LabelFault[]][] = [
    ['a string', 'gpt-4o', 'gpt-4o'],
    ['an empty string', '', ''],
    ['__proto__', '__proto__', '__proto__'],
    ['a string of digits', '200', '200'],
    ['text beyond ASCII', 'élevage 🐔', 'élevage 🐔'],
    ['a number', 200, '200'],
    ['zero', 0, '0'],
    ['minus zero', -0, '0'],
    ['a fraction', 0.1, '0.1'],
    ['NaN', NaN, 'NaN'],
    ['Infinity', Infinity, 'Infinity'],
    ['true', true, 'true'],
    ['a BigInt', 12n, '12'],
    ['a huge BigInt', 10n ** 400n, OTHER, 'label_value'],
    ['undefined', undefined, UNKNOWN],
    ['null', null, UNKNOWN],
    ['a symbol', Symbol('x'), OTHER, 'label_value'],
    ['an object', {}, OTHER, 'label_value'],
    ['an array', ['gpt-4o'], OTHER, 'label_value'],
    ['a function', () => 'gpt-4o', OTHER, 'label_value'],
    ['a date', new Date(0), OTHER, 'label_value'],
    ['a String object', new String('x'), OTHER, 'label_value'],
    ['an object whose text throws', throwing, OTHER, 'label_value'],
    ['a lone surrogate', 'a\ud800', 'a\ufffd'],
  ];
  for (const [name, given, value, ...faults] of cases) {
    it(`takes ${name}`, () => assert.deepEqual(accept({ bound: 5 }, given), [value, faults]));
  }

  it('cuts long text', () => {
    const [value, faults] = accept({ bound: 5 }, 'x'.repeat(10_000_000));
    assert.equal(value, 'x'.repeat(MAX_LABEL_LENGTH));
    assert.deepEqual(faults, []);
  });

  it('never cuts a character in half', () => {
    const [value] = accept({ bound: 5 }, `${'x'.repeat(MAX_LABEL_LENGTH - 1)}🐔`);
    assert.equal(value, `${'x'.repeat(MAX_LABEL_LENGTH - 1)}\ufffd`);
  });

  it('keeps the values that came first, and counts each time another comes', () => {
    const label = labelBound({ bound: 3 });
    const faults: LabelFault[] = [];
    const take = (value: string) => label.accept(value, (fault) => faults.push(fault));
    assert.deepEqual(['a', 'b', 'a', 'c', 'd', 'e', 'd', 'b'].map(take), ['a', 'b', 'a', 'c', OTHER, OTHER, OTHER, 'b']); // prettier-ignore
    assert.deepEqual(faults, ['label_limit', 'label_limit', 'label_limit']);
  });

  it('takes the word other without using up a place', () => {
    const label = labelBound({ bound: 1 });
    const none = () => assert.fail();
    assert.deepEqual([label.accept(OTHER, none), label.accept('a', none), label.accept(OTHER, none)], [OTHER, 'a', OTHER]); // prettier-ignore
  });

  it('gives, for anything at all, a short well-formed string, and the same one again', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (given) => {
        const label = labelBound({ bound: 5 });
        const first = label.accept(given, () => undefined);
        assert.ok(typeof first === 'string' && first.length <= MAX_LABEL_LENGTH);
        assert.equal(Buffer.from(first).toString(), first);
        assert.equal(
          label.accept(given, () => undefined),
          first,
        );
        assert.equal(
          label.accept(first, () => assert.fail()),
          first,
        );
      }),
    );
  });
});

describe('a closed label', () => {
  const closed = ['200', 'success', 'true'] as const;
  const cases: [name: string, given: unknown, value: string, ...faults: LabelFault[]][] = [
    ['one of its values', 'success', 'success'],
    ['a number that reads as one', 200, '200'],
    ['a boolean that reads as one', true, 'true'],
    ['another string', 'Success', OTHER, 'label_value'],
    ['the word other', OTHER, OTHER, 'label_value'],
    ['nothing', undefined, OTHER, 'label_value'],
    ['an object whose text throws', throwing, OTHER, 'label_value'],
  ];
  for (const [name, given, value, ...faults] of cases) {
    it(`takes ${name}`, () => assert.deepEqual(accept(closed, given), [value, faults]));
  }

  it('that lists other takes any string under it, and finds no fault', () => {
    for (const given of ['other', 'PROPFIND', ''])
      assert.deepEqual(accept(['GET', OTHER], given), [OTHER, []]);
    for (const given of [undefined, 1, throwing])
      assert.deepEqual(accept(['GET', OTHER], given), [OTHER, ['label_value']]);
  });
});
