/** `intelia-otel dashboards`: the six Grafana dashboards, listed, printed or written, with a team's own thresholds. */
import { parseArgs } from 'node:util';
import { dashboardFiles, type DashboardFile } from '../grafana/json.js';
import { DASHBOARD_IDS, LANGS, type Lang } from '../grafana/panel.js';
import { Complaint, type Command, type ExitCode, type Io } from './command.js';
import { table } from './table.js';
import { readThresholds, THRESHOLD_HELP, THRESHOLD_OPTIONS } from './thresholds.js';
import { writeAndTell } from './write-files.js';

const help = `Usage: intelia-otel dashboards                  lists the Grafana dashboards
       intelia-otel dashboards ID               prints one, as the JSON that Grafana imports
       intelia-otel dashboards [ID…] --write FOLDER  writes all of them, or those named, into FOLDER

  --lang en|fr        language of titles and descriptions (en)
  --embed             without variables and links, to be shared externally
  --datasource UID    with --embed: the uid of the Prometheus data source; without it Grafana's import asks
${THRESHOLD_HELP}
  --json              the list, or what was written, as JSON
  --help              this text

In Grafana: Dashboards > New > Import, one file each.
Exit code: 0, 2 when it could not be done.
`;

export const dashboardsCommand: Command = {
  summary: 'the Grafana dashboards: lists, prints or writes them',
  help,
  async run(args, io): Promise<ExitCode> {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' }, embed: { type: 'boolean' }, lang: { type: 'string' },
        datasource: { type: 'string' }, write: { type: 'string' }, ...THRESHOLD_OPTIONS,
      },
    }); // prettier-ignore
    const { json = false, embed = false, datasource, write } = values;
    if (datasource !== undefined && !embed) throw new Complaint('--datasource goes with --embed (--help)');
    if (datasource?.trim() === '') throw new Complaint('--datasource takes the uid of a data source');
    if (write?.trim() === '') throw new Complaint('--write takes a folder');
    const files = dashboardFiles({ lang: langOf(values.lang), embed, datasource }, readThresholds(values));
    const asked = chosen(files, positionals);
    if (write !== undefined) return writeAndTell(write, asked, json, io);
    if (positionals.length > 1)
      throw new Complaint('one dashboard can be printed; --write FOLDER writes several');
    const [only] = asked;
    if (positionals.length === 1 && only !== undefined) io.out(only.text);
    else list(files, json, io);
    return 0;
  },
};

function langOf(asked: string = 'en'): Lang {
  const lang = LANGS.find((known) => known === asked);
  if (lang === undefined)
    throw new Complaint(`--lang takes ${LANGS.join(' or ')}, not ${JSON.stringify(asked)}`);
  return lang;
}

function chosen(files: readonly DashboardFile[], ids: readonly string[]): readonly DashboardFile[] {
  const unknown = ids.find((id) => !files.some((file) => file.id === id));
  if (unknown !== undefined)
    throw new Complaint(`${JSON.stringify(unknown)} is no dashboard: ${DASHBOARD_IDS.join(', ')}`);
  return ids.length === 0 ? files : files.filter(({ id }) => ids.includes(id));
}

function list(files: readonly DashboardFile[], json: boolean, io: Io): void {
  const rows = files.map(({ id, uid, title, description }) => ({ id, uid, title, description }));
  if (json) io.out(`${JSON.stringify(rows, null, 2)}\n`);
  else io.out(table(['ID', 'TITLE', 'WHAT IT TELLS'], rows.map((row) => [row.id, row.title, row.description]))); // prettier-ignore
}
