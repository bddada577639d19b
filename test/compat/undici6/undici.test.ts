/** undici 6 under the cases of every major. */
import { undiciCases } from '../../support/undici-cases.js';

describe('undici 6', () => undiciCases(() => require('undici'), { tells: 'calls' }));
