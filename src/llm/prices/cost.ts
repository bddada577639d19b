/** Usage times price. Cached, written, audio and image tokens are parts of the prompt: each token is charged once. */
import type { Usage } from '../types.js';
import type { Price } from './row.js';

/**
 * US dollars of one call; undefined when nothing that this price knows was counted.
 *
 * @param factor the service tier's
 * @param requests how many the usage is the sum of: each is taken to be as long as the average
 */
export function costOf(price: Price, usage: Usage, factor: number, requests = 1): number | undefined {
  const { row } = price;
  if (price.bands.length > 0 && (usage.promptTokens !== undefined || usage.completionTokens !== undefined)) {
    return tokenCost(price, usage, requests) * factor + fees(price, usage);
  }
  if (row.characters_mchar !== undefined && usage.characters !== undefined) {
    return (row.characters_mchar * usage.characters) / 1e6;
  }
  if (row.image !== undefined && usage.images !== undefined) {
    return (row.image_variants?.[usage.imageVariant ?? ''] ?? row.image) * usage.images;
  }
  if (row.input_document_kpages !== undefined && usage.pages !== undefined) {
    return ((row.input_document_kpages * usage.pages) / 1e3) * factor;
  }
  if (row.search_unit !== undefined && usage.searchUnits !== undefined) {
    return row.search_unit * usage.searchUnits;
  }
  const minute =
    row.minute ?? (typeof row.input_audio_hours === 'number' ? row.input_audio_hours / 60 : undefined);
  if (minute !== undefined && usage.seconds !== undefined) {
    return (minute * Math.max(usage.seconds, row.least_seconds ?? 0)) / 60;
  }
  return undefined;
}

function tokenCost(price: Price, usage: Usage, requests: number): number {
  const prompt = whole(usage.promptTokens);
  const completion = whole(usage.completionTokens);
  const { rates } = price.bands.find(({ above }) => prompt / requests > above) as Price['bands'][number];

  const cached = Math.min(whole(usage.cachedTokens), prompt);
  const written = Math.min(whole(usage.cacheWriteTokens), prompt - cached);
  const written1h = Math.min(whole(usage.cacheWrite1hTokens), written);
  const audio = Math.min(whole(usage.audioInputTokens), prompt - written);
  const image = Math.min(whole(usage.imageInputTokens), prompt - written - audio);
  // Which of the cached tokens were audio is seldom told; then only as many as cannot have been anything else.
  const overlap = Math.max(cached + written + audio + image - prompt, 0);
  const cachedAudio = Math.min(Math.max(whole(usage.cachedAudioTokens), overlap - image), cached, audio);
  const cachedImage = Math.min(
    Math.max(whole(usage.cachedImageTokens), overlap - cachedAudio),
    cached - cachedAudio,
    image,
  );
  const text = prompt - cached - written - audio - image + cachedAudio + cachedImage;
  const audioOut = Math.min(whole(usage.audioOutputTokens), completion);
  const imageOut = Math.min(whole(usage.imageOutputTokens), completion - audioOut);
  const reasoning = Math.min(whole(usage.reasoningTokens), completion - audioOut - imageOut);

  const dollars =
    (cached - cachedAudio - cachedImage) * rates.cacheRead +
    cachedAudio * rates.audioCacheRead +
    cachedImage * rates.imageCacheRead +
    (written - written1h) * rates.cacheWrite +
    written1h * rates.cacheWrite1h +
    (audio - cachedAudio) * rates.audioIn +
    (image - cachedImage) * rates.imageIn +
    text * rates.input +
    audioOut * rates.audioOut +
    imageOut * rates.imageOut +
    reasoning * rates.reasoning +
    (completion - audioOut - imageOut - reasoning) * rates.output;
  return dollars / 1e6 + price.perRequest * requests;
}

/** Of tools that the provider runs; no tier makes them cheaper. */
const fees = ({ perSearch, perFileSearch }: Price, { webSearches, fileSearches }: Usage): number =>
  whole(webSearches) * perSearch + whole(fileSearches) * perFileSearch;

/** A count that somebody passed by hand can be anything. */
const whole = (value: number | undefined): number =>
  typeof value === 'number' && value > 0 && value < Number.MAX_SAFE_INTEGER ? value : 0;
