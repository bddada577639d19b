/** undici 8 under the cases of every major; it asks for Node 22. */
import { undiciCases } from '../../support/undici-cases.js';

describe('undici 8', () => undiciCases(() => require('undici'), { tells: 'all' }));
