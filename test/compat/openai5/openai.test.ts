import { runOpenaiCases } from '../../support/openai-compat.js';

runOpenaiCases(
  { name: 'openai 5, CJS', load: () => require('openai') as unknown, road: 'fetch' },
  { name: 'openai 5, ESM', load: () => import('openai'), road: 'fetch' },
);
