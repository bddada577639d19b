// Preload of an application under test: puts the hooks in, and keeps what they count where the application finds it.
const { DATABASE_HOOKS } = require('../../../src/db/index.js') as typeof import('../../../src/db/index.js');
const { dbCounts } = require('../../support/db-counts.js') as typeof import('../../support/db-counts.js');

Object.assign(globalThis, { test: dbCounts(DATABASE_HOOKS) });
