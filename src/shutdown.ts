/**
 * Delivers the last totals however the process ends, and lets it end as it would without us: same exit code, same
 * output, same event order, at most 2 s later.
 *
 * - A signal nobody else handles: flush, then let the signal do its work.
 * - A signal the application handles: flush beside it, and leave the rest to the application.
 * - The `exit` event (the end of the program, `process.exit`, an uncaught exception, a rejection): a synchronous push.
 *   Not on `beforeExit`: whatever is sent from there starts the loop again and emits `beforeExit` a second time to
 *   the application, and a name server that hangs would hold the process past any limit of ours.
 */
import type { Guard } from './guard.js';
import type { Push } from './export/push.js';
import { onSelfKill } from './hook/self-kill.js';

export interface ShutdownOptions {
  readonly push: Pick<Push, 'flush' | 'prepare' | 'flushSync'>;
  readonly guard: Guard;
  /** Run before the totals are read for the last time: what is still open (an LLM stream) is recorded as it stands. */
  readonly beforeLast?: readonly (() => void)[];
}

/** The most by which an end may be delayed. Ten is what Kubernetes, Docker and systemd give at the least. */
export const LAST_PUSH_MS = 2_000;

type Signal = 'SIGTERM' | 'SIGINT';

/** Starts to watch for the end; gives a function that stops it. */
export function deliverAtEnd({ push, guard, beforeLast = [] }: ShutdownOptions): () => void {
  let isOver = false;
  const finishOpen = (): void => beforeLast.forEach((finish) => guard.run('last push', finish));
  const lastPush = (): void => {
    if (isOver) return;
    isOver = true;
    finishOpen();
    push.flushSync(LAST_PUSH_MS);
  };
  const onExit = (): void => void guard.run('last push', lastPush);
  const onBeforeExit = (): void => void guard.run('last push', push.prepare);

  const stopSignals = (['SIGTERM', 'SIGINT'] as const).map((signal) =>
    onSignal(signal, guard, {
      beside: () => void push.flush(LAST_PUSH_MS, { hold: false }),
      async alone() {
        finishOpen();
        await push.flush(LAST_PUSH_MS, { isLast: true });
      },
      onRaise: (isRaised) => (isOver = isRaised),
    }),
  );
  onSelfKill(guard, lastPush);
  roomForListeners();
  const stopExit = listenLast('exit', onExit);
  process.on('beforeExit', onBeforeExit);

  return () => {
    isOver = true;
    for (const stop of stopSignals) stop();
    stopExit();
    process.off('beforeExit', onBeforeExit);
  };
}

interface SignalActions {
  /** The application handles the signal too. */
  beside(): void;
  /** Nobody else does; the signal ends the process afterwards. */
  alone(): Promise<void>;
  /** Told true before the signal is raised again, and false if the process then lives on. */
  onRaise(isRaised: boolean): void;
}

function onSignal(signal: Signal, guard: Guard, actions: SignalActions): () => void {
  let ending = false;
  let stopped = false;
  const raise = (): void => {
    process.off(signal, listener);
    actions.onRaise(true);
    process.kill(process.pid, signal);
    // Only the first process of a container comes here: the kernel keeps signals from it that it does not handle.
    actions.onRaise(false);
    ending = false;
    process.on(signal, listener);
  };
  const listener = (): void => {
    if (ending) return raise(); // A second Ctrl-C: now.
    if (process.listenerCount(signal) > 1) {
      // Others count listeners to learn whether the process would end without them (signal-exit does): while they
      // are told, we are not there.
      process.off(signal, listener);
      process.nextTick(() => {
        if (!stopped) process.on(signal, listener);
      });
      guard.run('last push', actions.beside);
      return;
    }
    ending = true;
    actions.alone().then(raise, raise);
  };
  const stop = (): void => {
    stopped = true;
    process.off(signal, listener);
  };
  process.on(signal, listener);
  return stop;
}

/** Keeps our listener behind those that are added later: what they record shall go along. */
function listenLast(event: 'exit', listener: () => void): () => void {
  const moveBack = (added: string | symbol, other: unknown): void => {
    if (added !== event || other === listener) return;
    process.nextTick(() => {
      if (process.listeners(event).includes(listener)) process.off(event, listener).on(event, listener);
    });
  };
  process.on(event, listener);
  process.on('newListener', moveBack);
  return () => {
    process.off('newListener', moveBack);
    process.off(event, listener);
  };
}

/** Ours must not be the one listener too many, at which Node prints a warning. */
function roomForListeners(): void {
  const max = process.getMaxListeners();
  if (max > 0) process.setMaxListeners(max + 1);
}
