/** What a command is, and what it is given. */

/** 1 is a finding, 2 a command that could not be done. */
export type ExitCode = 0 | 1 | 2;

export interface Io {
  out(text: string): void;
  /** One line, without its end. */
  err(line: string): void;
  /** Where `prices --update` gets its list; without it where the publisher puts it. */
  readonly tableUrl?: string;
  readonly nowMs?: () => number;
}

export interface Command {
  readonly summary: string;
  readonly help: string;
  /** Throws a {@link Complaint} for what the user can mend. */
  run(args: readonly string[], io: Io): Promise<ExitCode>;
}

/** Says in one sentence what is wrong; nothing of it is a defect of ours. */
export class Complaint extends Error {}
