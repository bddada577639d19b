import { runOpenaiCases } from '../../support/openai-compat.js';

// openai 4 takes node-fetch by itself, and Node's fetch where the application passes it; it cannot send forms then.
const forms = /transcription|files/;
runOpenaiCases(
  { name: 'openai 4, CJS, node-fetch', load: () => require('openai') as unknown, road: 'http' },
  { name: 'openai 4, ESM, node-fetch', load: () => import('openai'), road: 'http' },
  { name: 'openai 4, CJS, fetch', load: () => require('openai') as unknown, road: 'fetch', skip: forms },
);
