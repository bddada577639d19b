/** What a provider family makes of recorded requests and answers, and of junk. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { findEndpoint } from '../../src/llm/providers/index.js';
import type { CallFacts, Endpoint } from '../../src/llm/types.js';

const FIXTURES = join(__dirname, '../fixtures/llm');

/** The text of `test/fixtures/llm/<file>`. */
export const fixture = (file: string): string => readFileSync(join(FIXTURES, file), 'utf8');

export function endpointAt(host: string, path: string): Endpoint {
  const found = findEndpoint(host, path);
  assert.ok(found, `${host}${path}`);
  return found;
}

/** The parsed events of an SSE text, or of one with a JSON object a line. */
export const eventsOf = (text: string): unknown[] =>
  [...text.matchAll(/^(?:data: )?(\{.*\})$/gm)].map(([, data]) => JSON.parse(data as string) as unknown);

/** What is learnt of a call from its recorded answer: a `.json` is a whole one, anything else a stream. */
export function readFixture(endpoint: Endpoint, file: string, request: unknown = {}): CallFacts {
  const facts: CallFacts = {};
  endpoint.readRequest(request, facts);
  const text = fixture(file);
  if (file.endsWith('.json')) endpoint.readAnswer(JSON.parse(text), facts);
  else for (const event of eventsOf(text)) endpoint.readEvent(event, facts);
  return facts;
}

/** Whatever JSON made of these keys is read: nothing throws, and no count or text beyond all measure is kept. */
export function readsAnyJunk(endpoints: readonly Endpoint[], keys: readonly string[]): void {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(null, true, '', 'us', 'x'.repeat(300), -1, 0, 7, 1.5, 999_999_999, 1e308),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys, '__proto__'), tie('tree'), { maxKeys: 8 }),
    ),
  }));
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), fc.constantFrom(...endpoints), (junk, endpoint) => {
      const facts: CallFacts = {};
      // As a tap gets it: parsed from text.
      const bodies = JSON.parse(JSON.stringify(junk)) as unknown[];
      for (const body of bodies) {
        endpoint.readRequest(body, facts);
        endpoint.readAnswer(body, facts);
        endpoint.readEvent(body, facts);
      }
      for (const [key, value] of Object.entries(facts.usage ?? {})) {
        assert.ok((value as number) >= 0 && (value as number) <= 1e9, `${key}: ${String(value)}`);
      }
      for (const text of [facts.requestModel, facts.responseModel, facts.serviceTier]) {
        assert.ok(text === undefined || (text.length > 0 && text.length <= 132));
      }
    }),
    { numRuns: 2_000 },
  );
} // prettier-ignore
