/** `intelia-otel rules`: the alerts, listed, printed or written, with a team's own thresholds. */
import { parseArgs } from 'node:util';
import { RULE_FORMATS, RUNBOOK, rulesFiles, type RulesFile } from '../grafana/alerts/files.js';
import { ruleGroups } from '../grafana/alerts/rules.js';
import type { Thresholds } from '../grafana/thresholds.js';
import { Complaint, type Command, type ExitCode, type Io } from './command.js';
import { table } from './table.js';
import { readThresholds, THRESHOLD_HELP, THRESHOLD_OPTIONS } from './thresholds.js';
import { writeAndTell } from './write-files.js';

const help = `Usage: intelia-otel rules                      lists the alerts
       intelia-otel rules prometheus           prints them for Prometheus or Mimir, with recording rules
       intelia-otel rules grafana              prints them for Grafana's own alerting, as in Grafana Cloud
       intelia-otel rules [FORMAT…] --write FOLDER  writes both, or the one that is named, into FOLDER

${THRESHOLD_HELP}
  --runbook URL       where your team reads the runbook; each alert links to its section (${RUNBOOK})
  --json              the list, the rules or what was written, as JSON
  --help              this text

Exit code: 0, 2 when it could not be done.
`;

export const rulesCommand: Command = {
  summary: 'the alerts: lists, prints or writes them, with your thresholds',
  help,
  async run(args, io): Promise<ExitCode> {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' }, runbook: { type: 'string' }, write: { type: 'string' }, ...THRESHOLD_OPTIONS,
      },
    }); // prettier-ignore
    const { json = false, runbook, write } = values;
    if (write?.trim() === '') throw new Complaint('--write takes a folder');
    if (runbook?.trim() === '') throw new Complaint('--runbook takes an address');
    const thresholds = readThresholds(values);
    const asked = chosen(rulesFiles(thresholds, runbook), positionals);
    if (write !== undefined) return writeAndTell(write, asked, json, io);
    if (positionals.length > 1) throw new Complaint('one format can be printed; --write FOLDER writes both');
    const [only] = asked;
    if (positionals.length === 0 || only === undefined) return list(thresholds, json, io);
    io.out(json ? `${JSON.stringify({ groups: only.groups }, null, 2)}\n` : only.text);
    return 0;
  },
};

function chosen(files: readonly RulesFile[], formats: readonly string[]): readonly RulesFile[] {
  const unknown = formats.find((format) => !files.some((file) => file.format === format));
  if (unknown !== undefined)
    throw new Complaint(`${JSON.stringify(unknown)} is no format: ${RULE_FORMATS.join(', ')}`);
  return formats.length === 0 ? files : files.filter(({ format }) => formats.includes(format));
}

function list(thresholds: Thresholds, json: boolean, io: Io): ExitCode {
  const rows = ruleGroups(thresholds).flatMap(({ alerts }) =>
    alerts.map(({ alert, severity, summary, for: held }) => ({ alert, severity, for: held, summary })),
  );
  if (json) io.out(`${JSON.stringify(rows, null, 2)}\n`);
  else io.out(table(['ALERT', 'SEVERITY', 'WHEN'], rows.map((row) => [row.alert, row.severity, row.summary]))); // prettier-ignore
  return 0;
}
