/** The database: two pools, so that a report never takes the connections that answers need. */
'use strict';

const { Pool } = require('pg');

// Each pool is a line of intelia_db_connections_active, named by its address or by INTELIA_DB_POOL_NAMES.
const main = new Pool({ connectionString: process.env.DATABASE_URL, max: 8 });
const analytics = new Pool({ connectionString: process.env.ANALYTICS_URL, max: 4 });

/** The rows of a query on the main pool. */
const rows = async (sql, values) => (await main.query(sql, values)).rows;

const findUser = async (id) => (await rows('SELECT id, plan FROM users WHERE id = $1', [id]))[0];

const findQuestion = async (id) =>
  (await rows('SELECT id, question, answer FROM questions WHERE id = $1', [id]))[0];

const findDocument = async (id) =>
  (await rows('SELECT id, title, body FROM documents WHERE id = $1', [id]))[0];

/** The documents whose embedding lies closest to `vector`. */
const nearestDocuments = (vector, limit) =>
  rows(
    `SELECT d.id, d.title, d.body, sum(a * b) AS score
       FROM documents d, unnest(d.embedding, $1::real[]) AS v(a, b)
      GROUP BY d.id ORDER BY score DESC LIMIT $2`,
    [vector, limit],
  );

async function saveQuestion({ userId, question, answer }) {
  const values = [userId, question, answer];
  return (
    await rows('INSERT INTO questions (user_id, question, answer) VALUES ($1, $2, $3) RETURNING id', values)
  )[0].id;
}

const saveFeedback = (questionId, rating) =>
  rows('INSERT INTO feedback (question_id, rating) VALUES ($1, $2)', [questionId, rating]);

/** Payment and plan change together or not at all. */
async function subscribe({ userId, plan, amountUsd }) {
  const client = await main.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO subscriptions (user_id, plan, amount_usd) VALUES ($1, $2, $3)', [
      userId,
      plan,
      amountUsd,
    ]);
    await client.query('UPDATE users SET plan = $2 WHERE id = $1', [userId, plan]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const recordEvent = (name, userId) =>
  analytics.query('INSERT INTO events (name, user_id) VALUES ($1, $2)', [name, userId]);

/** A report that takes its time. */
const activity = async () =>
  (await analytics.query('SELECT name, count(*)::int AS count FROM events, pg_sleep(0.8) GROUP BY name'))
    .rows;

/** Its table is made by a migration that nobody has run yet: fails, and shows as db_error and http_5xx. */
const weeklyReport = async () => (await analytics.query('SELECT week, questions FROM weekly_reports')).rows;

const close = () => Promise.all([main.end(), analytics.end()]);

module.exports = {
  activity,
  close,
  findDocument,
  findQuestion,
  findUser,
  nearestDocuments,
  recordEvent,
  saveFeedback,
  saveQuestion,
  subscribe,
  weeklyReport,
};
