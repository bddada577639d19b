/** What a model costs: rows as people write them, and prices as a quote reads them. */
/** One price, or a price that steps up when the whole prompt is longer than `start` tokens. */
export type Rate =
  number | { readonly base: number; readonly tiers: readonly { start: number; price: number }[] };

/**
 * A row of a price list. Names and units are those of genai-prices: US dollars per million tokens (`…_mtok`); and for
 * what is not sold by the token `characters_mchar` per million characters, `image` each, `minute` of audio.
 */
export interface PriceRow {
  readonly input_mtok?: Rate;
  readonly output_mtok?: Rate;
  readonly cache_read_mtok?: Rate;
  readonly cache_write_mtok?: Rate;
  readonly cache_write_1h_mtok?: Rate;
  readonly input_audio_mtok?: Rate;
  readonly output_audio_mtok?: Rate;
  readonly cache_audio_read_mtok?: Rate;
  readonly input_image_mtok?: Rate;
  readonly output_image_mtok?: Rate;
  readonly cache_image_read_mtok?: Rate;
  readonly output_reasoning_mtok?: Rate;
  /** US dollars for each request, in thousands, beside its tokens. */
  readonly requests_kcount?: Rate;
  /** Searches on the web, in thousands. */
  readonly web_searches_kcount?: Rate;
  /** Searches in files that the provider keeps, in thousands. */
  readonly storage_searches_kcount?: Rate;
  readonly input_audio_hours?: Rate;
  readonly characters_mchar?: number;
  readonly image?: number;
  /** By `Usage.imageVariant`, where it differs from `image`. */
  readonly image_variants?: Readonly<Record<string, number>>;
  readonly minute?: number;
  /** Of audio, in seconds: what is shorter costs as much. */
  readonly least_seconds?: number;
  /** Pages of documents, in thousands. */
  readonly input_document_kpages?: number;
  /** One query over up to 100 documents (Cohere). */
  readonly search_unit?: number;
}

/** US dollars per million tokens of each kind, every gap filled by the rate the provider then charges. */
interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly audioIn: number;
  readonly audioCacheRead: number;
  readonly imageIn: number;
  readonly imageCacheRead: number;
  readonly output: number;
  readonly audioOut: number;
  readonly imageOut: number;
  readonly reasoning: number;
}

export interface Price {
  /** By length of the prompt, longest first; none when tokens have no price. */
  readonly bands: readonly { readonly above: number; readonly rates: Rates }[];
  readonly perRequest: number;
  readonly perSearch: number;
  readonly perFileSearch: number;
  readonly row: PriceRow;
}

export function compile(row: PriceRow): Price {
  const stepped = Object.values(row).filter(
    (rate): rate is Exclude<Rate, number> => typeof rate?.tiers === 'object',
  );
  const starts = new Set(stepped.flatMap((rate) => rate.tiers.map((tier) => tier.start)));
  const sold = row.input_mtok !== undefined || row.output_mtok !== undefined;
  const bands = [-1, ...starts].sort((a, b) => b - a).map((above) => ({ above, rates: ratesAt(row, above) }));
  const each = (thousand: Rate | undefined): number => (at(thousand, 0) ?? 0) / 1e3;
  return {
    bands: sold ? bands : [],
    perRequest: each(row.requests_kcount),
    perSearch: each(row.web_searches_kcount),
    perFileSearch: each(row.storage_searches_kcount),
    row,
  };
}

/** A kind without a rate of its own is charged as what it is a part of: cached tokens as input, and so on. */
function ratesAt(row: PriceRow, above: number): Rates {
  const rate = (given: Rate | undefined) => at(given, above + 1);
  const input = rate(row.input_mtok) ?? 0;
  const output = rate(row.output_mtok) ?? 0;
  const cacheRead = rate(row.cache_read_mtok);
  const cacheWrite = rate(row.cache_write_mtok) ?? input;
  const audioIn = rate(row.input_audio_mtok) ?? input;
  const imageIn = rate(row.input_image_mtok) ?? input;
  return {
    input,
    output,
    audioIn,
    imageIn,
    cacheRead: cacheRead ?? input,
    cacheWrite,
    cacheWrite1h: rate(row.cache_write_1h_mtok) ?? cacheWrite,
    audioCacheRead: rate(row.cache_audio_read_mtok) ?? cacheRead ?? audioIn,
    imageCacheRead: rate(row.cache_image_read_mtok) ?? cacheRead ?? imageIn,
    audioOut: rate(row.output_audio_mtok) ?? output,
    imageOut: rate(row.output_image_mtok) ?? output,
    reasoning: rate(row.output_reasoning_mtok) ?? output,
  };
}

function at(rate: Rate | undefined, prompt: number): number | undefined {
  if (rate === undefined || typeof rate === 'number') return rate;
  let price = rate.base;
  for (const tier of [...rate.tiers].sort((a, b) => a.start - b.start))
    if (prompt > tier.start) price = tier.price;
  return price;
}
