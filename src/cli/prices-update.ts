/** Writes a newer list of genai-prices into a price file. The one thing of this package that fetches prices. */
import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import type * as GenaiPrices from '@pydantic/genai-prices';
import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { isProvider, NEWER_KEY } from '../llm/prices/newer.js';
import { parseObject } from '../llm/prices/overrides.js';
import { whyOf } from './prices-check.js';
import { Complaint, type ExitCode, type Io } from './command.js';

const TIMEOUT = 30_000;
const MAX_BYTES = 20 * 1024 * 1024;

interface Slim {
  readonly providers: readonly Provider[];
  readonly models: number;
  /** Models that the installed library could not price. */
  readonly leftOut: number;
}

export async function updatePrices(path: string, json: boolean, io: Io): Promise<ExitCode> {
  const library = require('@pydantic/genai-prices') as typeof GenaiPrices;
  const content = await contentOf(path);
  const url = io.tableUrl ?? library.REMOTE_DATA_JSON_URL;
  const { providers, models, leftOut } = slim(library, await download(url));
  const date = new Date((io.nowMs ?? Date.now)()).toISOString().slice(0, 10);
  await write(path, `${JSON.stringify({ ...content, [NEWER_KEY]: { date, source: url, providers } })}\n`);
  if (json) {
    io.out(
      `${JSON.stringify({ file: path, source: url, date, providers: providers.length, models, leftOut })}\n`,
    );
    return 0;
  }
  const more = leftOut === 0 ? '' : `, without ${leftOut} that this version cannot read`;
  io.out(`Wrote ${path}: ${models} models of ${providers.length} providers, as of ${date}${more}.\n`);
  io.out(
    `A process with INTELIA_LLM_PRICES=${path} uses it: a new one at once, a running one within seconds.\n`,
  );
  return 0;
}

/** What is in the file already: own prices are kept. */
async function contentOf(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new Complaint(`${path} cannot be read (${code ?? 'unknown error'})`);
  }
  const content = text.trim() === '' ? {} : parseObject(text);
  if (content === undefined)
    throw new Complaint(`${path} is no JSON object of model ids; nothing was written`);
  return content;
}

async function download(url: string): Promise<readonly Provider[]> {
  let text: string;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    if (Number(response.headers.get('content-length')) > MAX_BYTES) throw new Error('it is too large');
    text = await response.text();
  } catch (error) {
    throw new Complaint(`no newer prices: ${url} cannot be had (${whyOf(error)}); nothing was written`);
  }
  const list = parseList(text);
  if (list === undefined)
    throw new Complaint(`no newer prices: ${url} is no list of prices; nothing was written`);
  return list;
}

function parseList(text: string): readonly Provider[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.length > 0 && parsed.every(isProvider) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Only what a price is found by, and only what the installed library can price. */
function slim(library: typeof GenaiPrices, list: readonly Provider[]): Slim {
  const known = knownFields(library, list);
  let [models, leftOut] = [0, 0];
  const providers = list.map((provider): Provider => {
    const { id, name, api_pattern, model_match, provider_match, fallback_model_providers } = provider;
    const bare = { id, name, api_pattern, model_match, provider_match, fallback_model_providers } as Provider;
    const kept = provider.models
      .map((model) => bareModel(model, known))
      .filter((m) => canPrice(library, bare, m));
    models += kept.length;
    leftOut += provider.models.length - kept.length;
    return { ...bare, models: kept };
  });
  return { providers, models, leftOut };
}

/** A field that the library does not know would make it write to the host's stderr. */
function knownFields(library: typeof GenaiPrices, list: readonly Provider[]): ReadonlySet<string> {
  const installed = list.flatMap(({ id }) => library.findProvider({ providerId: id })?.models ?? []);
  return new Set(
    installed.flatMap(({ prices }) => [prices].flat()).flatMap((each) => Object.keys(pricesOf(each))),
  );
}

const pricesOf = (each: object): object => ('prices' in each ? (each.prices as object) : each);

function bareModel({ id, match, prices }: ModelInfo, known: ReadonlySet<string>): ModelInfo {
  const fields = (row: object) =>
    Object.fromEntries(Object.entries(row).filter(([field]) => known.has(field)));
  const bare = Array.isArray(prices)
    ? prices.map((each) => ({ ...each, prices: fields(each.prices) }))
    : fields(prices);
  return { id, match, prices: bare } as ModelInfo;
}

/** Its condition must be one that can be asked of any name, and its price one that can be computed. */
function canPrice(library: typeof GenaiPrices, provider: Provider, model: ModelInfo): boolean {
  try {
    const alone = { ...provider, fallback_model_providers: [] };
    library.calcPrice({}, 'any-name', { provider: { ...alone, models: [model] } });
    const always = { ...model, match: { equals: 'any-name' } };
    return library.calcPrice({}, 'any-name', { provider: { ...alone, models: [always] } }) !== null;
  } catch {
    return false;
  }
}

/** Whoever reads the file meanwhile has the old one or the new one, whole. */
async function write(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Complaint(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
}
