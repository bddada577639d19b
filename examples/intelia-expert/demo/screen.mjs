/** How the demo writes: plain columns within 100 characters, colours only where a person looks. */

const coloured = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
const style = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = style(1);
export const dim = style(2);
export const green = style(32);
export const red = style(31);

// The codes that `style` writes take no room.
const widthOf = (text) => text.replace(/\x1b\[\d+m/g, '').length;

export const count = (value) => (value ?? 0).toLocaleString('en-US', { maximumFractionDigits: 2 });
export const dollars = (value) => `$${(value ?? 0).toFixed(6)}`;
export const seconds = (value) => {
  if (value === undefined) return '–';
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
};

/** Columns as wide as their content. `align` has a letter for each: l or r. */
export function table(align, headings, rows) {
  const cells = rows.map((row) => row.map(String));
  const widths = headings.map((heading, i) =>
    Math.max(widthOf(heading), ...cells.map((row) => widthOf(row[i]))),
  );
  const pad = (text, i) => {
    const room = ' '.repeat(widths[i] - widthOf(text));
    return align[i] === 'l' ? text + room : room + text;
  };
  const line = (row) => row.map(pad).join('  ').trimEnd();
  return [bold(line(headings)), ...cells.map(line)].join('\n');
}

/** One line that moves on a terminal; four that do not elsewhere. */
export function progress(done, of) {
  const share = done / of;
  if (process.stdout.isTTY) {
    const bar = '━'.repeat(Math.round(share * 30)).padEnd(30, '·');
    process.stdout.write(`\r  traffic ${bar} ${done} of ${of} requests${done === of ? '\n' : ''}`);
  } else if (Math.floor(share * 4) > Math.floor(((done - 1) / of) * 4)) {
    console.log(`  traffic: ${done} of ${of} requests`);
  }
}

/** Draws over what was there, as much as the terminal has room for. */
export function showLive(text, footer) {
  const room = (process.stdout.rows ?? 40) - 3;
  const lines = text.split('\n');
  const shown =
    lines.length > room ? [...lines.slice(0, room - 1), dim('… (a taller window shows more)')] : lines;
  process.stdout.write(`\x1b[H\x1b[2J${shown.join('\n')}\n\n${footer}\n`);
}
