/** The elements of an array in a document of any size, wherever its bytes were cut. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createElements } from '../../../src/llm/wire/elements.js';

interface Read {
  readonly elements: unknown[];
  readonly heads: string[];
}

function read(text: string, name: string, cuts: readonly number[] = []): Read {
  const [elements, heads]: [unknown[], string[]] = [[], []];
  const reader = createElements(name, {
    element: (value, index) => void elements.push([index, value]),
    head: (head) => void heads.push(head),
  });
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...new Set(cuts.map((n) => n % (bytes.length + 1)))].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, cut));
    from = cut;
  }
  reader.push(bytes.subarray(from));
  return { elements, heads };
}

const json = fc.jsonValue({ maxDepth: 3 });
const element = fc.dictionary(fc.string({ maxLength: 5 }), json, { maxKeys: 4 });

describe('elements', () => {
  it('any document, with the array anywhere in it, cut anywhere', () => {
    const document = fc.record({
      before: json,
      elements: fc.array(element, { maxLength: 5 }),
      deep: fc.boolean(),
      space: fc.constantFrom(undefined, 1, '\t'),
      cuts: fc.array(fc.nat(), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(document, ({ before, elements, deep, space, cuts }) => {
        const array = { 'the "list': elements, after: [{ x: 1 }] };
        const text = JSON.stringify({ before, found: deep ? { list: { list: elements } } : { ...array, list: elements } }, null, space);
        const expected = elements.map((value, i) => [i, JSON.parse(JSON.stringify(value)) as unknown]);
        // What stands before may by chance have such an array too.
        fc.pre(!JSON.stringify(before).includes('list'));
        assert.deepEqual(read(text, 'list', cuts).elements, expected);
      }),
    );
  }); // prettier-ignore

  it('whatever bytes come, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '{', '}', '[', ']', ':', ',', '\\', 'a') }), (text) => {
        read(`{"a":[${text}`, 'a');
        read(text, 'a');
      }),
    );
  }); // prettier-ignore

  it('two arrays of one name are counted each from 0', () => {
    const text = '{"m":{"r":[{"a":1},{"a":2}]},"r":[{"a":1},{"a":2},{"a":3}]}';
    const indices = read(text, 'r').elements.map((each) => (each as [number])[0]);
    assert.deepEqual(indices, [0, 1, 0, 1, 2]);
  });

  it('the head: what stands before the first, up to 4 KB', () => {
    assert.deepEqual(read('{"model":"m","r":[{"a":1}]}', 'r').heads, ['{"model":"m","r":[{"a":1}]}']);
    assert.equal(read(`{"x":"${'y'.repeat(9000)}","r":[{"a":1}]}`, 'r', [10, 5000]).heads[0]?.length, 4096);
    assert.deepEqual(read('{"r":[]}', 'r').heads, []);
  });

  it('a value or a key of another place is no such array', () => {
    for (const text of ['{"a":"r","b":[{"x":1}]}', '["r",[{"x":1}]]', '{"rr":[{"x":1}]}', '{"r":{"b":[{"x":1}]}}', '{"r":["{}",[{"x":1}]]}']) {
      assert.deepEqual(read(text, 'r').elements, [], text);
    }
  }); // prettier-ignore
});
