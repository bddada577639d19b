import { describePg } from '../../support/pg-cases.js';

describePg('pg 8.16.3', require);
