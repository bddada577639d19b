/** Types of provider.js, for tests in TypeScript. */
export interface LedgerLine {
  endpoint: string;
  model: string;
  /** `ok`, an HTTP status as text, `reset` or `hung_up`. */
  outcome: string;
  usage: { prompt?: number; completion?: number; cached?: number; reasoning?: number; characters?: number };
  usd: number;
  retry: boolean;
}

export type Fault = '429' | '500' | 'reset' | 'reset_midstream';

export interface ProviderOptions {
  seed?: number;
  faults?:
    | false
    | ((call: {
        endpoint: string;
        model: string;
        text: string;
        attempt: number;
        stream: boolean;
      }) => Fault | undefined);
  pace?: number;
  billExtra?: number;
}

export interface Provider {
  /** `baseURL` for the SDK. */
  url: string;
  port: number;
  ledger: LedgerLine[];
  /** Requests that are being answered. */
  working(): number;
  /** Resolves when a prompt that says "take your time" arrives with these words in it. */
  waitFor(words: string): Promise<void>;
  close(): Promise<void>;
}

export function startProvider(options?: ProviderOptions): Promise<Provider>;
