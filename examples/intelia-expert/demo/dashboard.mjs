/** What the metrics say, as tables. */
import { quantile, sumBy, total } from './scrape.mjs';
import { bold, count, dollars, green, red, seconds, dim, table } from './screen.mjs';

const sorted = (sums) => [...sums].sort(([, a], [, b]) => b - a);

/** `key 12, other key 3`, the largest first. */
function inline(sums, show = count) {
  const shown = sorted(sums).filter(([, value]) => value > 0);
  return shown.map(([key, value]) => `${key} ${show(value)}`).join(', ') || 'none';
}

function llmTable(samples) {
  const cost = sumBy(samples, 'intelia_llm_cost_usd_total', ['model', 'feature']);
  const calls = sumBy(samples, 'intelia_llm_request_duration_seconds_count', ['model', 'feature']);
  const p95 = (name, where) => seconds(quantile(samples, name, 0.95, where));
  const rows = sorted(cost).map(([key, usd]) => {
    const [model, feature] = key.split(' · ');
    const of = { model, feature };
    const duration = p95('intelia_llm_request_duration_seconds', of);
    const firstToken = p95('intelia_llm_time_to_first_token_seconds', of);
    return [model, feature, count(calls.get(key)), duration, firstToken, dollars(usd)];
  });
  const all = ['all', '', count(total(calls)), '', '', dollars(total(cost))];
  return table(
    'llrrrr',
    ['LLM spend by model', 'feature', 'calls', 'p95', 'first token p95', 'spend'],
    [...rows, all],
  );
}

function tokenTable(samples) {
  const of = (type) => sumBy(samples, 'intelia_llm_tokens_total', ['model'], { type });
  const completion = of('completion');
  const cached = sumBy(samples, 'intelia_llm_cached_tokens_total', ['model']);
  const rows = sorted(of('prompt')).map(([model, prompt]) => {
    return [model, count(prompt), count(cached.get(model)), count(completion.get(model))];
  });
  return table('lrrr', ['Tokens by model', 'prompt', 'of which cached', 'completion'], rows);
}

function httpTable(samples) {
  const name = 'intelia_http_request_duration_seconds';
  const rows = sorted(sumBy(samples, `${name}_count`, ['method', 'endpoint'])).map(([key]) => {
    const [method, endpoint] = key.split(' · ');
    const statuses = sumBy(samples, 'intelia_http_requests_total', ['status'], { method, endpoint });
    const shown = [...statuses].filter(([, n]) => n > 0).sort(([a], [b]) => a.localeCompare(b));
    const byStatus = shown.map(([status, n]) => `${status} × ${n}`).join('  ');
    return [`${method} ${endpoint}`, seconds(quantile(samples, name, 0.95, { method, endpoint })), byStatus];
  });
  return table('lrl', ['HTTP requests by route', 'p95', 'by status'], rows);
}

function databaseTable(samples) {
  const queries = sumBy(samples, 'intelia_db_queries_total', ['table', 'operation']);
  const rows = sorted(queries).map(([key, n]) => {
    const [name, operation] = key.split(' · ');
    const of = { table: name, operation };
    const failed = total(sumBy(samples, 'intelia_db_queries_total', [], { ...of, status: 'error' }));
    const p95 = seconds(quantile(samples, 'intelia_db_query_duration_seconds', 0.95, of));
    return [name === '' ? '–' : name, operation, count(n), count(failed), p95];
  });
  return table('llrrr', ['Database queries by table', 'operation', 'queries', 'failed', 'p95'], rows);
}

/** The width of the names before the lines. */
const LABEL = 13;

/** Breaks after a comma where a line would pass 90 columns. */
function wrap(text) {
  const lines = [''];
  for (const item of text.split(', ')) {
    const longer = lines.at(-1) === '' ? item : `${lines.at(-1)}, ${item}`;
    if (longer.length <= 90 - LABEL) lines.splice(-1, 1, longer);
    else lines.push(item);
  }
  return lines.join(`,\n${' '.repeat(LABEL + 1)}`);
}

function businessLines(samples) {
  const by = (name, ...labels) => sumBy(samples, `intelia_${name}`, labels);
  const pools = [...by('db_connections_active', 'pool')].map(([pool, n]) => `${pool} ${n}`);
  const shown = {
    'LLM calls': inline(by('llm_requests_total', 'status')),
    'Pools in use': pools.join(', '),
    Questions: `${inline(by('questions_total', 'source'))} · ${inline(by('questions_total', 'language'))}`,
    Revenue: inline(by('revenue_usd_total', 'plan'), (usd) => `$${usd.toFixed(2)}`),
    Feedback: inline(by('feedback_total', 'rating')),
    'Active users': count(total(by('active_users'))),
    Errors: inline(by('errors_total', 'type')),
  };
  return Object.entries(shown)
    .map(([name, text]) => `${bold(name.padEnd(LABEL))} ${wrap(text)}`)
    .join('\n');
}

/** The whole of what the metrics say, as one text. */
export function dashboard(samples) {
  const parts = [llmTable, tokenTable, businessLines, httpTable, databaseTable];
  return parts.map((draw) => draw(samples)).join('\n\n');
}

/** Enough to see what kind of thing is wrong. */
const MAX_DIFFERENCES = 30;

/** Each comparison on a line, and below it the series that differ. */
export function comparison(checks) {
  const figure = (what, value) => (what.startsWith('dollars') ? value.toFixed(9) : count(value));
  const rows = checks.map(({ what, by, series, measured, counted, differing }) => {
    const result = differing.length === 0 ? green('equal') : red('DIFFERS');
    return [what, series, figure(what, measured), figure(what, counted), result, by];
  });
  const differences = checks.flatMap(({ what, differing }) =>
    differing.map(({ key, measured, counted }) =>
      red(`  ${what}: ${key} measured ${measured}, counted ${counted}`),
    ),
  );
  const cut = differences.length - MAX_DIFFERENCES;
  const more = cut > 0 ? [dim(`  … and ${cut} more`)] : [];
  const headings = ['Are the figures true?', 'series', 'measured', 'counted', '', 'by'];
  return [table('lrrrll', headings, rows), ...differences.slice(0, MAX_DIFFERENCES), ...more].join('\n');
}
