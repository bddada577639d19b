/** What two replicas go through: a bit of everything, known to the last call. */
import type { Life } from './lives.js';

export async function morning({ replica: a, place }: Life, { replica: b }: Life): Promise<void> {
  await a.command('users', { count: 12 });
  await b.command('users', { count: 12 });
  for (let i = 0; i < 6; i++) await a.ask('gpt-4o');
  for (let i = 0; i < 3; i++) await b.ask('gpt-4o-mini', { stream: i > 0 });
  await b.ask('flaky-1', { fails: 1 });
  for (let i = 0; i < 4; i++) await a.get('/api/questions/1');
  await b.get('/api/questions/999');
  await a.get('/nowhere');
  await b.get('/api/broken');
  await a.abort();
  await a.track('trackLlmCall', { model: 'gpt-4o', feature: 'summary', promptTokens: 1000, completionTokens: 200, costUsd: 3, duration: 7 }, 3);
  await b.track('trackLlmCall', { model: 'gpt-4o', feature: 'summary', promptTokens: 10, completionTokens: 5, costUsd: 0.01, duration: 1.5 }, 5);
  await b.track('trackHttpRequest', { method: 'GET', endpoint: '/api/report', status: 200, duration: 3 }, 27);
  await a.track('trackDbQuery', { operation: 'UPDATE', table: 'users', status: 'success', duration: 0.3 }, 4);
  await a.track('trackQuestion', { source: 'web', language: 'fr' }, 9);
  await b.track('trackQuestion', { source: 'voice', language: 'en' }, 2);
  await a.track('trackRevenue', { plan: 'pro', amountUsd: 29.9 }, 2);
  await b.track('trackRevenue', { plan: 'farm', amountUsd: 149.5 });
  await a.track('trackRevenue', { plan: 'pro', amountUsd: -29.9 });
  await a.track('trackFeedback', { rating: 'positive' }, 8);
  await b.track('trackFeedback', { rating: 'negative' }, 2);
  await b.track('trackError', { type: 'payment_declined', severity: 'warning' });
  await a.command('collect');
  await a.command('hold', { count: 2 });
  await b.command('hold', { count: 1 });
  place.pushes.refuse = 1;
  a.count('intelia_otel_export_failures_total', { reason: 'server_error' });
} // prettier-ignore

/** One replica is new, with series of its own; the other gets some that it never had. */
export async function afternoon({ replica: c }: Life, { replica: b }: Life): Promise<void> {
  await c.command('users', { count: 7 });
  await b.command('users', { count: 7 });
  // Ever the first call of this model and of this feature.
  await c.track('trackLlmCall', { model: 'claude-sonnet-4-5', feature: 'review', promptTokens: 1, completionTokens: 1, costUsd: 0.5, duration: 2.2 });
  for (let i = 0; i < 5; i++) await c.ask('gpt-4o');
  await c.ask('gpt-4o-mini', { stream: true });
  await b.track('trackRevenue', { plan: 'late', amountUsd: 1000 });
  await b.track('trackQuestion', { source: 'whatsapp', language: 'sw' }, 3);
  await c.track('trackLlmCall', { model: 'gpt-4o', feature: 'summary', promptTokens: 5, completionTokens: 0.5, costUsd: 1, duration: 40, status: 'timeout' });
  await c.get('/api/broken');
  await b.abort();
  await c.command('hold', { count: 3 });
  await pause(3_000);
} // prettier-ignore

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
