import next from 'next';
import { describeNext } from '../../support/next-cases.js';

describeNext('16', __dirname, next as never);
