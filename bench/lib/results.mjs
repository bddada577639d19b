// RESULTS.md: the marks first, then a table for each benchmark. Ratios hold on other machines; times do not.
import { median, ratios, summary } from './stats.mjs';

/** Three significant digits. */
const short = (value) => (value === 0 ? '0' : String(Number(value.toPrecision(value < 0.1 ? 2 : 3))));
const spread = ({ median: middle, low, high }) => `${short(middle)} (${short(low)}–${short(high)})`;

export function writeResults(results, { node, cores }) {
  const lines = [
    '# Benchmarks',
    '',
    `Written by \`npm run bench\` (Node ${node}, ${cores} cores). Contenders take turns, round by round; a ratio is taken`,
    'within each round. Figures are medians, with the middle half of the rounds in brackets. Ratios hold on other',
    'machines; times do not.',
    '',
    '| Mark | | Measured | |',
    '|---|---|---|---|',
    ...results.flatMap((result) => result.marks.map((mark) => markLine(result, mark))),
    ...results.flatMap(section),
  ];
  return `${lines.join('\n')}\n`;
}

function markLine(result, mark) {
  const measured = measure(result, mark);
  const isMet = measured.median <= (mark.max ?? Infinity) && measured.median >= (mark.min ?? 0);
  return `| ${result.title} | ${mark.text} | ${spread(measured)} | ${isMet ? 'met' : '**not met**'} |`;
}

function measure({ times, extra }, { of, over, extra: key }) {
  if (key !== undefined) return summary([extra[key][of]]);
  return summary(over === undefined ? times[of] : ratios(times[of], times[over]));
}

function section({ title, unit, times, over, extra = {}, note }) {
  const columns = ['', unit, ...(over === undefined ? [] : [`× ${over}`]), ...Object.keys(extra)];
  const rows = Object.entries(times).map(([name, values]) => [
    name,
    spread(summary(values)),
    ...(over === undefined ? [] : [name === over ? '1' : spread(summary(ratios(values, times[over])))]),
    ...Object.values(extra).map((figures) => cell(figures[name])),
  ]);
  return [
    '',
    `## ${title}`,
    '',
    ...[columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    ...(note === undefined ? [] : ['', note]),
  ];
}

const cell = (figure) =>
  figure === undefined ? '' : Array.isArray(figure) ? short(median(figure)) : short(figure);
