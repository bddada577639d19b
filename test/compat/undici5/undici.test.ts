/** undici 5 under the cases of every major. */
import { undiciCases } from '../../support/undici-cases.js';

describe('undici 5', () => undiciCases(() => require('undici'), { tells: 'nothing' }));
