import { describePg } from '../../support/pg-cases.js';

describePg('pg 8.0.3', require);
