/** The models seen at a /metrics endpoint whose calls have no price. */
import { PEEK_HEADER } from '../export/negotiate.js';
import type { Prices } from './prices-open.js';
import { Complaint, type ExitCode, type Io } from './command.js';
import { table } from './table.js';

interface Unpriced {
  readonly model: string;
  readonly reason: string;
  /** Calls since the process began. A series is shown as 0 once before its first value. */
  readonly calls: number;
  /** Those to come have one: by a file that the process has not read yet, or an own price since. */
  readonly hasPriceNow: boolean;
}

interface CheckOptions {
  readonly prices: Prices;
  readonly token: string | undefined;
  readonly json: boolean;
}

const TIMEOUT = 10_000;
const SAMPLE = /^intelia_llm_unpriced_requests_total\{(.*)\} (\S+)$/gm;

export async function checkPrices(
  url: string,
  { prices, token, json }: CheckOptions,
  io: Io,
): Promise<ExitCode> {
  const text = await scrape(url, token);
  const own = new Set(prices.own);
  const found = [...text.matchAll(SAMPLE)].map(([, labels = '', calls]): Unpriced => {
    const { model = '', reason = '' } = labelsOf(labels);
    return { model, reason, calls: Number(calls), hasPriceNow: own.has(model) };
  });
  if (json) io.out(`${JSON.stringify({ url, unpriced: found }, null, 2)}\n`);
  else io.out(found.length === 0 ? 'Every model seen has a price.\n' : report(found));
  return found.some(isFinding) ? 1 : 0;
}

/** A model whose answers say nothing of their use has a price; it is shown all the same. */
const isFinding = ({ reason, hasPriceNow }: Unpriced): boolean => reason !== 'no_usage' && !hasPriceNow;

function report(found: readonly Unpriced[]): string {
  const rows = found.map((each) => [each.model, String(each.calls), adviceOf(each)]);
  return table(['MODEL', 'CALLS', 'WHY THEY HAVE NO COST'], rows);
}

function adviceOf({ reason, hasPriceNow, model }: Unpriced): string {
  if (hasPriceNow) return 'it had no price; INTELIA_LLM_PRICES has one now';
  if (reason === 'no_usage') return 'the answer told no usage';
  if (model === 'other' || model === 'unknown') return 'no price: the name of the model is not known';
  return 'no price: add it to the file that INTELIA_LLM_PRICES names, or see --update';
}

async function scrape(url: string, token: string | undefined): Promise<string> {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new Complaint(
      `${JSON.stringify(url)} is no http or https URL, such as http://127.0.0.1:9464/metrics`,
    );
  }
  const headers = {
    accept: 'text/plain',
    [PEEK_HEADER]: '1',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await request(url, headers);
  const text = await response.text();
  if (response.status === 401 || response.status === 403) {
    throw new Complaint(`${url} answers ${response.status}: set INTELIA_METRICS_TOKEN to the token it wants`);
  }
  if (!response.ok) throw new Complaint(`${url} answers ${response.status}`);
  if (!text.includes('intelia_'))
    throw new Complaint(`${url} has no metrics of ours: is it the right address?`);
  return text;
}

async function request(url: string, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    throw new Complaint(`${url} cannot be reached (${whyOf(error)})`);
  }
}

/** The code of a failed fetch, which is what tells; its message is always "fetch failed". */
export function whyOf(error: unknown): string {
  const { cause, name, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? (name === 'TimeoutError' ? 'no answer in time' : message);
}

function labelsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(
    [...pairs].map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c)),
    ]),
  );
}
