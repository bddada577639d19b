/** Prices as a table or as JSON. */
import type { PriceRow, Rate } from '../llm/prices/row.js';
import type { Peak } from '../llm/prices/supplement/types.js';
import type { Priced, Prices, Source } from './prices-open.js';
import type { ExitCode, Io } from './command.js';
import { table } from './table.js';

const TOKENS = 'M tokens';
/** What calls are charged by. A list has more that no answer tells. */
const FIELDS: Record<keyof PriceRow, readonly [what: string, per: string]> = {
  input_mtok: ['input', TOKENS],
  cache_read_mtok: ['cached input', TOKENS],
  cache_write_mtok: ['cache write', TOKENS],
  cache_write_1h_mtok: ['cache write, long', TOKENS],
  output_mtok: ['output', TOKENS],
  output_reasoning_mtok: ['reasoning', TOKENS],
  input_audio_mtok: ['audio input', TOKENS],
  output_audio_mtok: ['audio output', TOKENS],
  cache_audio_read_mtok: ['cached audio', TOKENS],
  input_image_mtok: ['image input', TOKENS],
  output_image_mtok: ['image output', TOKENS],
  cache_image_read_mtok: ['cached image', TOKENS],
  requests_kcount: ['requests', '1000'],
  web_searches_kcount: ['web searches', '1000'],
  storage_searches_kcount: ['file searches', '1000'],
  input_audio_hours: ['audio', 'hour'],
  characters_mchar: ['speech', 'M characters'],
  image: ['image', 'image'],
  image_variants: ['image', 'image'],
  minute: ['audio', 'minute'],
  least_seconds: ['audio, at least', 'seconds'],
  input_document_kpages: ['pages', '1000'],
  search_unit: ['search', 'query'],
};

export function showPrices(asked: readonly string[], prices: Prices, json: boolean, io: Io): ExitCode {
  const models = asked.length > 0 ? asked : prices.own;
  const found = models.map((model) => ({ asked: model, priced: prices.find(model) }));
  if (json) {
    const rows = found.map(({ asked, priced }) => (priced ? asJson(priced) : { model: asked, price: null }));
    io.out(`${JSON.stringify({ prices: rows, sources: prices.sources }, null, 2)}\n`);
  } else {
    const rows = found.flatMap(({ asked, priced }) =>
      priced ? rowsOf(priced) : [[asked, 'no price is known']],
    );
    if (rows.length > 0) io.out(`${table(['MODEL', 'PRICE', 'USD', 'PER', 'SOURCE', 'DATE'], rows)}\n`);
    if (asked.length === 0) io.out(sourcesText(prices));
  }
  return found.some(({ priced }) => priced === undefined) ? 1 : 0;
}

function asJson({ model, provider, row, sources, tiers, peak }: Priced) {
  return {
    model,
    provider: provider ?? null,
    price: row,
    sources,
    tiers,
    peak: peak ?? null,
  };
}

function sourcesText({ sources, own }: Prices): string {
  const rows = sources.map(({ name, date }) => [name, date]);
  const none = own.length === 0 ? 'There are no own prices. Name a model to see what it costs here.\n\n' : '';
  return `${none}${table(['SOURCES, the first that knows a model', 'DATE'], rows)}\n`;
}

function rowsOf({ model, provider, row, sources, tiers, peak }: Priced): string[][] {
  const name = provider === undefined ? model : `${provider}:${model}`;
  const lines = Object.entries(FIELDS).flatMap(([field, [what, per]]) => {
    const rate = row[field as keyof PriceRow];
    if (rate === undefined) return [];
    const { name: source = '', date = '' } = sources[field] ?? ({} as Partial<Source>);
    return ratesOf(what, rate as Rate | Record<string, number>).map(([each, usd]) => [
      each,
      usd,
      per,
      source,
      date,
    ]);
  });
  // Tiers are of tokens.
  const isByToken = row.input_mtok !== undefined || row.output_mtok !== undefined;
  const others = Object.entries(isByToken ? tiers : {}).filter(([, { times }]) => times !== 1);
  for (const [tier, { times, source }] of others)
    lines.push([`tier ${tier}`, `× ${rounded(times)}`, '', source?.name ?? '', source?.date ?? '']);
  if (peak !== undefined) lines.push([`peak ${peakText(peak)}`, `× ${peak.times}`]);
  return lines.map((line, i) => [i === 0 ? name : '', ...line]);
}

/** A price that steps up is a line a step; prices by the kind of image a line each. */
function ratesOf(what: string, rate: Rate | Readonly<Record<string, number>>): [what: string, usd: string][] {
  if (typeof rate === 'number') return [[what, String(rate)]];
  if ('tiers' in rate && Array.isArray(rate.tiers)) {
    const { base, tiers } = rate as Exclude<Rate, number>;
    return [
      [what, String(base)],
      ...tiers.map(({ start, price }): [string, string] => [`${what} above ${start} tokens`, String(price)]),
    ];
  }
  return Object.entries(rate as Record<string, number>).map(([kind, usd]) => [kind, String(usd)]);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const peakText = ({ days, hours }: Peak): string =>
  `${days.map((day) => DAYS[day]).join(' ')}, ${hours.map(([from, to]) => `${from}–${to} h`).join(', ')} UTC`;

const rounded = (factor: number): string => String(Math.round(factor * 1e4) / 1e4);
