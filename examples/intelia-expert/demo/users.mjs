/** What users do with Intelia Expert, and what strangers, a withdrawn model and a forgotten migration do to it. */

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
const USERS = 40;

/** How often each thing is done, in every hundred or so. */
export const MIX = {
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
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Who acts, and about what: the same for the same seed and number, in whatever order the actions come to be done. */
export function drawUser(seed, n) {
  const random = seededRandom(seed * 1_000_003 + n);
  const pick = (list) => list[Math.floor(random() * list.length)];
  return { n, pick, userId: 1 + Math.floor(random() * USERS), topic: pick(TOPICS) };
}

/**
 * `post` and `get` send (route, body or query, …) and count; `asked` counts a question; `waitFor` tells when a
 * question has reached the model, the moment at which some users leave.
 */
export function createActions({ post, get, asked, waitFor }) {
  const unrated = [];

  function ask(route, { n, pick, userId, topic }, wording, leave) {
    const [source, language, quality] = [pick(SOURCES), pick(LANGUAGES), pick(['fast', 'fast', 'best'])];
    const question = `${wording} about ${topic} (${n})?`;
    asked(source, language);
    return post(route, { userId, source, language, quality, question }, leave?.(question));
  }

  const actions = {
    async ask(user) {
      const { status, text } = await ask('/api/v1/ask', user, 'What should I know');
      if (status === 200) unrated.push(JSON.parse(text).id);
    },
    askStreaming: (user) => ask('/api/v1/ask/stream', user, 'What can I do'),
    leaveWhileWaiting: (user) =>
      ask('/api/v1/ask', user, 'Take your time: what is known', (question) => ({
        when: () => waitFor(question),
      })),
    leaveWhileStreaming: (user) =>
      ask('/api/v1/ask/stream', user, 'Take your time: tell me all', () => ({ afterEvents: 3 })),
    search: ({ n, userId, topic }) => post('/api/v1/documents/search', { userId, query: `${topic} (${n})` }),
    summary: ({ userId }) => post('/api/v1/documents/:id/summary', { userId, id: userId }),
    speak: ({ n, userId, topic }) => post('/api/v1/speak', { userId, text: `Tip ${n} helps with ${topic}.` }),
    feedback(user) {
      const questionId = unrated.shift();
      if (questionId === undefined) return actions.ask(user);
      const rating = user.pick(['positive', 'positive', 'positive', 'negative']);
      return post('/api/v1/feedback', { userId: user.userId, questionId, rating });
    },
    subscribe: ({ userId, pick }) =>
      post('/api/v1/subscribe', { userId, plan: pick(['pro', 'pro', 'farm']) }),
    readQuestion: ({ userId }) => get('/api/v1/questions/:id', { userId, id: 1 }),
    unknownQuestion: ({ userId }) => get('/api/v1/questions/:id', { userId, id: 999_999 }),
    unknownUser: () => post('/api/v1/ask', { userId: 4711, question: 'Who am I?' }),
    askNothing: ({ userId }) => post('/api/v1/ask', { userId }),
    unknownPath: ({ n }) => get('(unmatched)', { path: `/wp-login-${n}.php` }),
    oldPhotoModel: ({ userId }) =>
      post('/api/v1/photos/diagnose', { userId, url: 'https://farm.example/1.jpg' }),
    brokenReport: () => get('/api/v1/reports/weekly', {}),
  };
  return actions;
}
