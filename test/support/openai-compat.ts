/** Runs the cases of test/regression/openai-* on another major of the SDK. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { useFlavours, type Flavour } from './openai.js';

const FOLDER = join(__dirname, '../regression');

export function runOpenaiCases(...flavours: Flavour[]): void {
  useFlavours(...flavours);
  for (const file of readdirSync(FOLDER)) if (/^openai-.*\.test\.ts$/.test(file)) require(join(FOLDER, file));
}
