/** `intelia-otel prices`: what a model costs here and why, which models seen have no price, and a newer list. */
import { parseArgs } from 'node:util';
import { readConfig } from '../config.js';
import { checkPrices } from './prices-check.js';
import { openPrices, type Prices } from './prices-open.js';
import { showPrices } from './prices-show.js';
import { updatePrices } from './prices-update.js';
import { Complaint, type Command, type ExitCode, type Io } from './command.js';

const help = `Usage: intelia-otel prices [provider:]model…   what a model costs here, from which source and of what date
       intelia-otel prices                     the same of your own prices, and which sources there are
       intelia-otel prices --check URL         the models seen at a /metrics endpoint that have no price
       intelia-otel prices --update FILE       writes a newer list of prices into FILE, from the network

  --json   the same as JSON
  --help   this text

Own prices are those of the file that INTELIA_LLM_PRICES names. Without a provider it is told by the model's name.
--check shows INTELIA_METRICS_TOKEN to the endpoint, where it is set. It does not count as a scrape.
--update keeps what else is in FILE. Name FILE in INTELIA_LLM_PRICES to use it: own prices in it win over the list.

Exit code: 0, 1 when a model has no price, 2 when it could not be done.
`;

export const pricesCommand: Command = {
  summary: 'what a model costs here, from which source and of what date',
  help,
  async run(args, io): Promise<ExitCode> {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, check: { type: 'string' }, update: { type: 'string' } },
    });
    const { check, update, json = false } = values;
    const asked = [positionals.length > 0, check !== undefined, update !== undefined].filter(Boolean);
    if (asked.length > 1)
      throw new Complaint('prices takes models, --check or --update, one of them (--help)');
    if (update !== undefined) return updatePrices(nonEmpty(update, '--update takes a file'), json, io);
    if (positionals.some((model) => model.trim() === '')) throw new Complaint('a model has a name');
    const { prices, token } = open(io);
    if (check === undefined) return showPrices(positionals, prices, json, io);
    return checkPrices(nonEmpty(check, '--check takes a URL'), { prices, token, json }, io);
  },
};

function nonEmpty(value: string, complaint: string): string {
  if (value.trim() === '') throw new Complaint(complaint);
  return value;
}

/** With the environment of this shell, which is meant to be that of the application. */
function open(io: Io): { prices: Prices; token: string | undefined } {
  const config = readConfig((_, line) => io.err(line));
  const prices = openPrices(config.llmPrices, { warn: (line) => io.err(line), nowMs: io.nowMs ?? Date.now });
  return { prices, token: config.metricsToken };
}
