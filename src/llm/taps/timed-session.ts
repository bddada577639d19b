/**
 * A session over a WebSocket that is sold by the minute: one LlmEvent for all of it, when it is over, and one for each
 * response of another model that it asked for meanwhile.
 */
import { parseMessage, type Session, type SessionOptions } from './session.js';
import { readTimed, secondsOfAudio } from '../providers/openai-timed.js';
import { memberOfMessage, type SocketText } from '../wire/peek.js';
import type { CallFacts, LlmStatus } from '../types.js';

/** Most events of a response are pieces of what it says; those are not parsed. */
const isEnd = (message: SocketText): boolean =>
  ['"response.completed"', '"response.failed"', '"response.incomplete"'].some((type) =>
    message.includes(type),
  );

export function createTimedSession({ endpoint, feature, record }: SessionOptions): Session {
  const { provider } = endpoint;
  let model = endpoint.model;
  /** What the application sent, where nobody tells what is billed. */
  let seconds = endpoint.timed === 'by what is sent' ? 0 : undefined;
  let isOver = false;

  function finish(status: LlmStatus): void {
    if (isOver) return;
    isOver = true;
    record({
      ...{ provider, operation: 'realtime', model, feature, status, isRetry: false },
      ...(seconds !== undefined && { usage: { seconds } }),
    });
  }

  function respond(facts: CallFacts): void {
    record({
      ...{ provider, operation: 'responses', model: facts.responseModel, feature, isRetry: false },
      status: facts.failure ?? 'success',
      ...(facts.usage !== undefined && { usage: facts.usage }),
      ...(facts.serviceTier !== undefined && { serviceTier: facts.serviceTier }),
    });
  }

  const typeOf = (message: SocketText): string => memberOfMessage(message, 'type') ?? '';

  return {
    sent(message) {
      const type = typeOf(message);
      if (type === 'session.input_audio_buffer.append' && seconds !== undefined) {
        seconds += secondsOfAudio(memberOfMessage(message, 'audio') ?? '');
      } else if (type === 'session.start') {
        model = readTimed(type, () => parseMessage(message)).model ?? model;
      }
    },
    received(message) {
      const type = typeOf(message);
      if (type === 'response.event' && !isEnd(message)) return;
      const told = readTimed(type, () => parseMessage(message));
      model = told.model ?? model;
      seconds = told.seconds ?? seconds;
      if (told.response !== undefined) respond(told.response);
      if (told.isLast === true) finish(told.failure ?? 'success');
    },
    closed: (by) => finish(by === 'lost' ? 'network_error' : 'success'),
    abandon: () => finish('success'),
  };
}
