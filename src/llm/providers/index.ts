/** The families of providers, one line each; a newcomer adds a file beside this one and a line here. */
import type { Endpoint, Provider } from '../types.js';
import { anthropic } from './anthropic.js';
import { bedrock } from './bedrock.js';
import { cohere } from './cohere.js';
import { google } from './google.js';
import { mistral } from './mistral.js';
import { ollama } from './ollama.js';
import { openai } from './openai.js';
import { rerank } from './rerank.js';

const FAMILIES: readonly Provider[] = [
  openai,
  anthropic,
  google,
  cohere,
  ollama,
  bedrock,
  mistral,
  rerank,
]; // prettier-ignore

const byEnding = new Map<string, Provider[]>();
for (const family of FAMILIES) {
  for (const ending of family.endings) byEnding.set(ending, [...(byEnding.get(ending) ?? []), family]);
}

const byBeginning = FAMILIES.filter(({ beginning }) => beginning !== undefined);

/** A path's last two letters, hashed: a table look-up tells nearly every other path, without cutting a string. */
const lastTwo = (path: string): number =>
  (path.charCodeAt(path.length - 1) * 31 + path.charCodeAt(path.length - 2)) & 1023;

const possible = new Uint8Array(1024);
for (const ending of byEnding.keys()) possible[lastTwo(ending)] = 1;

/**
 * The endpoint that a POST goes to, or undefined when it is none of an LLM provider. `host` may carry a port, `path`
 * has no query. Asked for every POST the application sends: what is no LLM call costs some 10 ns.
 */
export function findEndpoint(host: string, path: string): Endpoint | undefined {
  const families = possible[lastTwo(path)] === 1 ? byEnding.get(endingOf(path)) : undefined;
  for (const family of families ?? byBeginning) {
    if (families === undefined && !path.startsWith(family.beginning as string)) continue;
    const endpoint = family.endpoint(host, path);
    if (endpoint !== undefined) return endpoint;
  }
  return undefined;
}

const endingOf = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
