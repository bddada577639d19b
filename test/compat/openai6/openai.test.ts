import { runOpenaiCases } from '../../support/openai-compat.js';

runOpenaiCases(
  { name: 'openai 6, CJS', load: () => require('openai') as unknown, road: 'fetch' },
  { name: 'openai 6, ESM', load: () => import('openai'), road: 'fetch' },
);
