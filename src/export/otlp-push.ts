/** The push as configured: settings, encoding, judgement and the last request put together. */
import type { Surroundings } from '../config.js';
import type { Context } from '../context.js';
import { createJudge } from './failures.js';
import { postSync } from './last.js';
import { createOtlp } from './otlp.js';
import { createPush, type Push } from './push.js';
import type { Reader } from './reader.js';
import { otlpSettings } from './settings.js';

export interface OtlpPush extends Push {
  /** Where it goes, for the start-up line; to be shown through `redactUrl` only. */
  readonly url: string;
}

/** Starts the interval. Undefined when no OTLP backend is configured. */
export function startOtlpPush(
  { config, emit, guard, log }: Pick<Context, 'config' | 'emit' | 'guard' | 'log'>,
  reader: Reader,
  { tlsEnv }: Pick<Surroundings, 'tlsEnv'>,
): OtlpPush | undefined {
  const settings = otlpSettings(config, log.warnOnce);
  if (settings === undefined) return undefined;
  const push = createPush({
    reader,
    guard,
    otlp: () => createOtlp(settings, reader.attributes, log.warnOnce),
    judge: createJudge({ settings, emit, warn: log.warnOnce, nowMs: Date.now }),
    postSync: (request, timeoutMs) => postSync(request, timeoutMs, { tlsEnv }),
    intervalMs: config.exportInterval,
    timeoutMs: config.exportTimeout,
    requestTimeoutMs: settings.timeoutMs,
  });
  return { ...push, url: settings.url };
}
