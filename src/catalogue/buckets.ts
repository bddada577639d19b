/**
 * Histogram bounds in seconds. A histogram costs (bounds + 3) series for each label set on a paid backend,
 * so every set is kept as short as its questions allow.
 */
export const BUCKETS = {
  /** The API's answers: OTel's `http.server.request.duration` advice, less the bounds nobody asks about. */
  http: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  /** A query on an index takes well under 5 ms: one bound more at the bottom. */
  db: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  /** A model's whole answer. 5 must be a bound: the p95 alert stands on it. */
  llm: [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60, 120],
  /** What a user waits before words appear. */
  firstToken: [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10],
  /** Garbage collection pauses: most are below 1 ms, those above 100 ms are felt. */
  gc: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
} as const;
