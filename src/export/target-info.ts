/** `target_info`: what the process is, once a scrape. */
import { labelPairs, type Format } from './format.js';
import { prometheusLabels } from './names.js';

/** Of `process.*` only these: arguments, command line, paths and owner can carry secrets. */
const SAFE_PROCESS_ATTRIBUTES = new Set([
  'process.pid',
  'process.executable.name',
  'process.runtime.name',
  'process.runtime.version',
  'process.runtime.description',
]);

export function targetInfo(format: Format, attributes: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(attributes).filter(
    ([name]) => !name.startsWith('process.') || SAFE_PROCESS_ATTRIBUTES.has(name),
  );
  const labels = prometheusLabels(Object.fromEntries(shown));
  const pairs = labelPairs(Object.keys(labels), Object.values(labels));
  if (pairs === '') return '';
  const [family, type] = format === 'openmetrics' ? ['target', 'info'] : ['target_info', 'gauge'];
  return `# HELP ${family} Target metadata\n# TYPE ${family} ${type}\ntarget_info{${pairs}} 1\n`;
}
