/**
 * The names that an OTLP backend gives to OpenTelemetry metrics and attributes: the rules of
 * `prometheus/otlptranslator` 1.x under UnderscoreEscapingWithSuffixes, Prometheus' default. Pull uses them too, so
 * that a dashboard works on both paths.
 */

/** What the translation asks of a metric. `updown`: a sum that may fall; it is no gauge, and never a ratio. */
export type Instrument = 'counter' | 'updown' | 'gauge' | 'histogram';

/** UCUM units to the words of Prometheus' naming rules. */
const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    d: 'days', h: 'hours', min: 'minutes', s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds',
    By: 'bytes', KiBy: 'kibibytes', MiBy: 'mebibytes', GiBy: 'gibibytes', TiBy: 'tibibytes',
    KBy: 'kilobytes', MBy: 'megabytes', GBy: 'gigabytes', TBy: 'terabytes',
    m: 'meters', V: 'volts', A: 'amperes', J: 'joules', W: 'watts', g: 'grams',
    Cel: 'celsius', Hz: 'hertz', '1': '', '%': 'percent',
  }),
); // prettier-ignore

/** After the slash a unit is singular, and `m` is a minute. */
const PER_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' }),
);

/**
 * The series name of a metric; undefined when nothing of its name is left.
 *
 * @example
 * prometheusName('http.server.duration', 's', 'histogram'); // 'http_server_duration_seconds'
 */
export function prometheusName(name: string, unit: string, instrument: Instrument): string | undefined {
  let tokens = name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '');
  tokens = [...tokens, ...unitTokens(tokens, unit)];
  if (instrument === 'counter') tokens = moveLast(tokens, 'total');
  if (instrument === 'gauge' && unit === '1') tokens = moveLast(tokens, 'ratio');
  const joined = tokens.join('_');
  if (joined === '') return undefined;
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}

/** The words that the unit adds to a name which does not hold them yet. */
function unitTokens(tokens: readonly string[], unit: string): string[] {
  const slash = unit.indexOf('/');
  const main = clean(word(slash < 0 ? unit : unit.slice(0, slash), UNITS));
  const per = slash < 0 ? '' : word(unit.slice(slash + 1), PER_UNITS);
  const perSuffix = per === '' ? '' : clean(`per_${per}`).replace(/_$/, '');
  const added: string[] = [];
  const isPerNew = perSuffix !== '' && perSuffix !== 'per' && !tokens.includes(perSuffix);
  if (main !== '' && !tokens.includes(main)) added.push(isPerNew ? main.replace(/_$/, '') : main);
  if (isPerNew) added.push(perSuffix);
  return added;
}

/** An annotation in braces says what is counted, and is no unit. */
function word(unit: string, known: ReadonlyMap<string, string>): string {
  const trimmed = unit.trim();
  return /[{}]/.test(trimmed) ? '' : (known.get(trimmed) ?? trimmed);
}

const clean = (unit: string): string => unit.replace(/[^a-zA-Z0-9:]+/gu, '_').replace(/^_/, '');

const moveLast = (tokens: readonly string[], last: string): string[] => [
  ...tokens.filter((token) => token !== last),
  last,
];

/** The label name of an attribute; undefined when nothing of it is left. */
export function prometheusLabel(attribute: string): string | undefined {
  const reserved = /^__(.*)__$/s.exec(attribute);
  const inner = (reserved?.[1] ?? attribute).replace(/[^a-zA-Z0-9]+/gu, '_');
  const name = reserved === null ? inner : `__${inner}__`;
  if (/^_*$/.test(name)) return undefined;
  return /^[0-9]/.test(name) ? `key_${name}` : name;
}

/**
 * Attributes as labels, by name. Attributes that become one label are joined by `;` in the order of their own
 * names, as Prometheus does; a label twice would cost the whole scrape.
 */
export function prometheusLabels(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  const labels = new Map<string, string>();
  for (const key of Object.keys(attributes).sort()) {
    const name = prometheusLabel(key);
    const value = attributes[key];
    if (name === undefined || value === undefined || value === null) continue;
    const known = labels.get(name);
    const text = typeof value === 'string' ? value : valueText(value);
    labels.set(name, known === undefined ? text : `${known};${text}`);
  }
  return Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An attribute may hold anything that somebody gave: a BigInt or a cycle must not cost the scrape. */
function valueText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return typeof value;
  }
}
