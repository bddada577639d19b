/** Prisma's spans have a comment for the COMMIT and ROLLBACK that its driver sends: they were counted as OTHER. */
import assert from 'node:assert/strict';
import { readDatabaseSpan } from '../../src/db/span-event.js';

const span = (text: string) => ({
  name: 'prisma:client:db_query',
  attributes: { 'db.system.name': 'postgresql', 'db.query.text': text },
  status: { code: 0 },
  duration: [0, 0] as const,
});

it('names what Prisma says of a query that its driver makes', () => {
  for (const verb of ['COMMIT', 'ROLLBACK']) {
    const event = readDatabaseSpan(span(`-- Implicit "${verb}" query via underlying driver`));
    assert.deepEqual([event?.operation, event?.table], [verb, '']);
  }
  assert.equal(readDatabaseSpan(span('-- a comment about "COMMIT"'))?.operation, 'OTHER');
});
