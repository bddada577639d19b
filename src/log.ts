/** The only place that writes to the host's stderr: one line each, once for each distinct problem. */

export interface Log {
  /** One line, always. For the start-up line alone. */
  say(line: string): void;
  /** One line, the first time this key is seen. */
  warnOnce(key: string, line: string): void;
}

/** The most distinct problems that are told; past it a process is noisy enough. */
const MAX_PROBLEMS = 100;

export function createLog(write: (text: string) => void = (text) => void process.stderr.write(text)): Log {
  const told = new Set<string>();
  const line = (text: string): void => {
    try {
      write(`[intelia-otel] ${oneLine(text)}\n`);
    } catch {
      // A closed stderr is the host's own affair.
    }
  };
  return {
    say: line,
    warnOnce(key, text) {
      if (told.has(key) || told.size >= MAX_PROBLEMS) return;
      told.add(key);
      line(text);
    },
  };
}

function oneLine(text: string): string {
  const flat = text.replace(/[\r\n\u2028\u2029]+/g, ' ');
  return flat.length > 500 ? `${flat.slice(0, 500)}…` : flat;
}
