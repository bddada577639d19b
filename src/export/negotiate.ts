/** Chooses what to answer with from the `Accept` and `Accept-Encoding` of a request (RFC 9110, section 12.5). */
import type { Format } from './format.js';

/** A request with this header is no scraper's: it is shown every value, and the zeros of new series are left to the next scrape. */
export const PEEK_HEADER = 'x-intelia-peek';

interface Range {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly q: number;
}

/** OpenMetrics only for who names it, and does not like the plain text better. Anything else is given the text. */
export function chooseFormat(accept: string | undefined): Format {
  const ranges = parse(accept ?? '*/*');
  const openmetrics = quality(ranges, 'application/openmetrics-text', '1.0.0');
  const text = quality(ranges, 'text/plain', '0.0.4') ?? quality(ranges, 'text/*') ?? quality(ranges, '*/*');
  return openmetrics !== undefined && openmetrics > 0 && openmetrics >= (text ?? 0) ? 'openmetrics' : 'text';
}

export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return (quality(parse(acceptEncoding ?? ''), 'gzip') ?? 0) > 0;
}

/** The best quality given to this type; a range that asks for another version is not for it. */
function quality(ranges: readonly Range[], type: string, version?: string): number | undefined {
  const found = ranges.filter(
    (range) => range.type === type && (range.parameters['version'] ?? version) === version,
  );
  return found.length === 0 ? undefined : Math.max(...found.map(({ q }) => q));
}

function parse(header: string): Range[] {
  return header.split(',').map((item) => {
    const [type = '', ...rest] = item.split(';').map((part) => part.trim().toLowerCase());
    const parameters = Object.fromEntries(
      rest.map((part) => part.split('=', 2).map((side) => side.trim().replace(/^"|"$/g, ''))),
    ) as Record<string, string>;
    const q = Number(parameters['q'] ?? 1);
    return { type, parameters, q: q >= 0 && q <= 1 ? q : 0 };
  });
}
