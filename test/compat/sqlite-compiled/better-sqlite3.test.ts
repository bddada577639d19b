import { describeBetterSqlite3 } from '../../support/better-sqlite3-cases.js';

describeBetterSqlite3('better-sqlite3 12.9', () => require('better-sqlite3') as unknown);
