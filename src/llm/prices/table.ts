/** The price table of @pydantic/genai-prices: loaded on first use, never asked to fetch anything. */
import type * as GenaiPrices from '@pydantic/genai-prices';
import { isKnownProvider, UNKNOWN_PROVIDER } from '../providers/hosts.js';

export type PriceTable = Pick<typeof GenaiPrices, 'calcPrice'> &
  Partial<Pick<typeof GenaiPrices, 'findProvider'>>;

/** The installed list, and the day its publisher put it out. */
export const TABLE = { version: '0.1.8', date: '2026-09-23' } as const;

/** Takes some 30 ms. The table updates itself from the network only when asked to, which we never do. */
export function loadPriceTable(): PriceTable {
  return require('@pydantic/genai-prices') as PriceTable;
}

export interface PriceFamily {
  /** The provider in the table; undefined lets the table tell it by the model's name. */
  readonly table: string | undefined;
  /** The provider in our supplement. */
  readonly supplement: string;
  /** The tools around its models are sold at prices of its own, which its list does not have. */
  readonly withoutFees?: true;
}

const family = (table: string, supplement = table): PriceFamily => ({ table, supplement });

/** Whose models have one price, whoever passes them on. */
const CLOSED = ['openai', 'anthropic', 'google', 'x-ai'].map((name) => family(name));
const BY_NAME: PriceFamily = { table: undefined, supplement: '' };
/** Sellers who are told by something else than a host: Bedrock by its SDK. */
const WITHOUT_HOST: ReadonlySet<string> = new Set(['aws', 'cohere']);
/** Anybody may run these, on machines of their own too, where the maker's price says nothing. */
const OPEN_WEIGHTS = /gpt-oss|gemma/;

/** Where to look for the price of a model that `provider` answered with, in this order. */
export function familiesOf(provider: string, ids: readonly string[]): readonly PriceFamily[] {
  if (provider === 'azure') return [{ ...family('azure'), withoutFees: true }];
  if (isKnownProvider(provider) || WITHOUT_HOST.has(provider)) return [family(provider)];
  if (provider !== UNKNOWN_PROVIDER) return [...CLOSED, BY_NAME];
  return ids.some((id) => OPEN_WEIGHTS.test(id)) ? [] : CLOSED;
}
