/** Sends what the users do, and keeps an own count of it: what the metrics must say about HTTP and questions. */
import { setTimeout as sleep } from 'node:timers/promises';
import { closeConnections, exchange } from './exchange.mjs';
import { createActions, drawUser, MIX, seededRandom } from './users.mjs';

const FIVE_MINUTES = 5 * 60_000;
const NAMES = Object.entries(MIX).flatMap(([name, times]) => Array.from({ length: times }, () => name));

/** `provider.waitFor(text)` tells when a question has reached the model. */
export function createTraffic({ baseUrl, provider, seed }) {
  const counts = { requests: new Map(), questions: new Map() };
  const lastSeen = new Map();
  let n = 0;

  const add = (map, ...key) => map.set(key.join(' · '), (map.get(key.join(' · ')) ?? 0) + 1);

  /** Counted under the route it is meant for. */
  async function send(method, route, path, body, { userId, leave } = {}) {
    const answer = await exchange({ method, url: baseUrl + path, body, leave });
    add(counts.requests, method, route, answer.status);
    if (userId !== undefined && answer.status !== 401) lastSeen.set(userId, Date.now());
    return answer;
  }

  const actions = createActions({
    post: (route, { id, ...body }, leave) =>
      send('POST', route, route.replace(':id', id), body, { userId: body.userId, leave }),
    get: (route, { path = route, id, userId }) => {
      const query = userId === undefined ? '' : `?userId=${userId}`;
      return send('GET', route, path.replace(':id', id) + query, undefined, { userId });
    },
    asked: (source, language) => add(counts.questions, source, language),
    waitFor: provider.waitFor,
  });
  const act = (name) => actions[name](drawUser(seed, ++n));

  return {
    counts,
    activeUsers: () => [...lastSeen.values()].filter((seen) => Date.now() - seen < FIVE_MINUTES).length,

    /** Sends `count` requests, `parallel` at a time; after an abort of `signal` no further ones. */
    async run(count, parallel, onProgress, signal) {
      const todo = shuffled(Array.from({ length: count }, (_, i) => NAMES[i % NAMES.length]), seed); // prettier-ignore
      let done = 0;
      const worker = async () => {
        while (todo.length > 0 && !signal.aborted) {
          await act(todo.pop());
          onProgress(++done, count);
        }
      };
      await Promise.all(Array.from({ length: parallel }, worker));
    },

    /** A few users, until told to stop. */
    async trickle(signal) {
      while (!signal.aborted) {
        await act(drawUser(seed, n).pick(NAMES));
        await sleep(200 + (n % 5) * 100, undefined, { signal }).catch(() => undefined);
      }
    },

    /** Two slow reports at once; `during` runs while both hold their connection. */
    async slowReports(during) {
      const route = '/api/v1/reports/activity';
      const reports = [1, 2].map(() => send('GET', route, route));
      const result = await during();
      await Promise.all(reports);
      return result;
    },

    close: closeConnections,
  };
}

/** Fisher-Yates. */
function shuffled(list, seed) {
  const random = seededRandom(seed);
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
