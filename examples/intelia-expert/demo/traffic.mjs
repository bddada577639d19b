/** The users: real HTTP requests against the backend, and an own count of every one of them. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const LANGUAGES = ['en', 'fr', 'es', 'pt'];
const SOURCES = ['web', 'mobile', 'whatsapp'];
const TOPICS = [
  'the first week',
  'wet litter',
  'low water intake',
  'a vaccination plan',
  'heat stress',
  'late feathering',
];
const FIVE_MINUTES = 5 * 60_000;

/** How many of each in every hundred or so; a plan is the same list, shuffled. */
const MIX = {
  ask: 30,
  askStreaming: 26,
  search: 10,
  summary: 7,
  speak: 6,
  feedback: 9,
  readQuestion: 5,
  subscribe: 4,
  leaveWhileWaiting: 2,
  leaveWhileStreaming: 3,
  askNothing: 2,
  unknownUser: 2,
  unknownQuestion: 2,
  unknownPath: 2,
  oldPhotoModel: 2,
  brokenReport: 2,
};

/** mulberry32: a small generator whose numbers are the same on every machine. */
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `provider.waitFor(text)` tells when a question has reached the model: the moment at which some users leave. */
export function createTraffic({ baseUrl, provider, seed }) {
  const random = seededRandom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const agent = new Agent({ keepAlive: true });
  const counts = { requests: new Map(), questions: new Map(), lastSeen: new Map() };
  const unrated = [];
  let serial = 0;

  const add = (map, ...key) => map.set(key.join(' · '), (map.get(key.join(' · ')) ?? 0) + 1);

  /** Sends one request and counts it under the route it is meant for. */
  async function send(method, path, endpoint, body, leave) {
    const answer = await exchange({ agent, method, url: baseUrl + path, body, leave });
    add(counts.requests, method, endpoint, answer.status);
    const userId = body?.userId ?? Number(new URL(baseUrl + path).searchParams.get('userId'));
    if (userId > 0 && answer.status !== 401) counts.lastSeen.set(userId, Date.now());
    return answer;
  }

  const userId = () => 1 + Math.floor(random() * 40);

  function ask(path, wording, leave) {
    const asked = {
      userId: userId(),
      source: pick(SOURCES),
      language: pick(LANGUAGES),
      quality: pick(['fast', 'fast', 'best']),
    };
    const question = `${wording} about ${pick(TOPICS)} (${++serial})?`;
    add(counts.questions, asked.source, asked.language);
    return send('POST', `/api/v1${path}`, `/api/v1${path}`, { ...asked, question }, leave?.(question));
  }

  const actions = {
    async ask() {
      const { status, text } = await ask('/ask', 'What should I know');
      if (status === 200) unrated.push(JSON.parse(text).id);
    },
    askStreaming: () => ask('/ask/stream', 'What can I do'),
    leaveWhileWaiting: () =>
      ask('/ask', 'Take your time: what is known', (q) => ({ when: () => provider.waitFor(q) })),
    leaveWhileStreaming: () => ask('/ask/stream', 'Take your time: tell me all', () => ({ afterEvents: 3 })),
    search: () =>
      send('POST', '/api/v1/documents/search', '/api/v1/documents/search', {
        userId: userId(),
        query: pick(TOPICS),
      }),
    summary: () =>
      send('POST', `/api/v1/documents/${userId()}/summary`, '/api/v1/documents/:id/summary', {
        userId: userId(),
      }),
    speak: () =>
      send('POST', '/api/v1/speak', '/api/v1/speak', {
        userId: userId(),
        text: `Here is what helps with ${pick(TOPICS)}.`,
      }),
    async feedback() {
      const questionId = unrated.shift();
      if (questionId === undefined) return actions.ask();
      const rating = random() < 0.8 ? 'positive' : 'negative';
      return send('POST', '/api/v1/feedback', '/api/v1/feedback', { userId: userId(), questionId, rating });
    },
    subscribe: () =>
      send('POST', '/api/v1/subscribe', '/api/v1/subscribe', {
        userId: userId(),
        plan: pick(['pro', 'pro', 'farm']),
      }),
    readQuestion: () => send('GET', `/api/v1/questions/1?userId=${userId()}`, '/api/v1/questions/:id'),
    unknownQuestion: () =>
      send('GET', `/api/v1/questions/999999?userId=${userId()}`, '/api/v1/questions/:id'),
    unknownUser: () => send('POST', '/api/v1/ask', '/api/v1/ask', { userId: 4711, question: 'Who am I?' }),
    askNothing: () => send('POST', '/api/v1/ask', '/api/v1/ask', { userId: userId() }),
    unknownPath: () => send('GET', `/wp-login-${++serial}.php`, '(unmatched)'),
    oldPhotoModel: () =>
      send('POST', '/api/v1/photos/diagnose', '/api/v1/photos/diagnose', {
        userId: userId(),
        url: 'https://farm.example/1.jpg',
      }),
    brokenReport: () => send('GET', '/api/v1/reports/weekly', '/api/v1/reports/weekly'),
  };

  function plan(count) {
    const list = Object.entries(MIX).flatMap(([name, times]) => Array.from({ length: times }, () => name));
    const full = Array.from({ length: count }, (_, i) => list[i % list.length]);
    // Fisher-Yates.
    for (let i = full.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [full[i], full[j]] = [full[j], full[i]];
    }
    return full;
  }

  return {
    counts,
    activeUsers: () =>
      [...counts.lastSeen.values()].filter((seen) => Date.now() - seen < FIVE_MINUTES).length,
    /** Sends `count` requests, `parallel` at a time; after an abort of `signal` no further ones. */
    async run(count, parallel, onProgress, signal) {
      const todo = plan(count);
      let done = 0;
      const worker = async () => {
        for (let name = todo.pop(); name !== undefined && !signal.aborted; name = todo.pop()) {
          await actions[name]();
          onProgress(++done, count);
        }
      };
      await Promise.all(Array.from({ length: parallel }, worker));
    },
    /** A few users, until told to stop. */
    async trickle(signal) {
      while (!signal.aborted) {
        await actions[pick(Object.keys(MIX).flatMap((name) => Array(MIX[name]).fill(name)))]();
        await sleep(150 + random() * 500, undefined, { signal }).catch(() => undefined);
      }
    },
    /** Two slow reports at once; `during` runs while both hold their connection. */
    async slowReports(during) {
      const reports = [1, 2].map(() => send('GET', '/api/v1/reports/activity', '/api/v1/reports/activity'));
      const result = await during();
      await Promise.all(reports);
      return result;
    },
    close: () => agent.destroy(),
  };
}

/** One exchange. A user who leaves is 499, the status that the server should count for it. */
function exchange({ agent, method, url, body, leave }) {
  return new Promise((resolve) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = payload
      ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }
      : {};
    const req = request(url, { agent, method, headers });
    let left = false;
    const hangUp = () => {
      left = true;
      req.destroy();
    };
    req.on('response', (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (leave?.afterEvents && !left && text.split('\n\n').length > leave.afterEvents) hangUp();
      });
      res.on('close', () => resolve({ status: left ? 499 : res.complete ? res.statusCode : 'broken', text }));
    });
    req.on('error', () => resolve({ status: left ? 499 : 'broken', text: '' }));
    req.end(payload);
    leave?.when?.().then(hangUp);
  });
}
