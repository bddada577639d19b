/** Finds the command, and turns every way it can fail into one line and an exit code. */
import { VERSION } from '../version.js';
import { Complaint, type Command, type ExitCode, type Io } from './command.js';
import { dashboardsCommand } from './dashboards.js';
import { pricesCommand } from './prices.js';
import { rulesCommand } from './rules.js';

const COMMANDS: Readonly<Record<string, Command>> = {
  dashboards: dashboardsCommand,
  prices: pricesCommand,
  rules: rulesCommand,
};

const help = (): string => `Usage: intelia-otel <command> [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  --help     this text, or that of a command
  --version  ${VERSION}
`;

export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  const [name = '', ...rest] = args;
  try {
    if (name === '--help' || name === '-h') return say(io, help());
    if (name === '--version') return say(io, `${VERSION}\n`);
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) throw new Complaint(unknownCommand(name));
    if (rest.includes('--help') || rest.includes('-h')) return say(io, command.help);
    return await command.run(rest, io);
  } catch (error) {
    io.err(describe(error));
    return 2;
  }
}

function say(io: Io, text: string): ExitCode {
  io.out(text);
  return 0;
}

function unknownCommand(name: string): string {
  const known = Object.keys(COMMANDS).join(', ');
  return name === ''
    ? `which command? ${known} (--help)`
    : `${JSON.stringify(name)} is no command: ${known} (--help)`;
}

/** What parseArgs says has advice in its later sentences. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isAdvised = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
  return isAdvised ? `${error.message.split(/\. |\n/)[0]} (--help)` : error.message.replaceAll('\n', ' ');
}
