/** Reads the text that `/metrics` answers. */

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +([^ {}]+)(?: +-?\d+)?$/;
const PAIR = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Lines that are no samples are passed over: whoever scrapes must not fail at what another library writes. */
export function parseSamples(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line): Sample[] => {
    const [, name, pairs = '', number] = LINE.exec(line) ?? [];
    if (name === undefined || number === undefined) return [];
    const labels = [...pairs.matchAll(PAIR)].map(([, label = '', value = '']) => [label, unescape(value)]);
    return [{ name, labels: Object.fromEntries(labels) as Labels, value: numberOf(number) }];
  });
}

const unescape = (value: string): string =>
  value.includes('\\') ? value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)) : value;

const numberOf = (text: string): number => Number(text.replace(/Inf$/, 'Infinity'));
