/** The hook, once for all tests of this folder: a library is patched once. */
import { hookMongodb } from '../../../src/db/drivers/mongodb.js';
import { dbCounts } from '../../support/db-counts.js';

export const test = dbCounts([hookMongodb], '127.0.0.1/named=main');
