/** undici 8 under the cases of every major; it asks for Node 22. */
import { undiciCases } from '../../support/undici-cases.js';

const canLoad = Number(process.versions.node.split('.')[0]) >= 22;

(canLoad ? describe : describe.skip)('undici 8', () => {
  if (canLoad) undiciCases(() => require('undici'), { tells: 'all' });
});
