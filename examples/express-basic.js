/**
 *   node --require @intelia/otel/register examples/express-basic.js
 *
 * An Express application with not one line about metrics. The preload counts and times its requests by route
 * template, and serves them on http://127.0.0.1:9464/metrics.
 */
'use strict';

const express = require('express');

const app = express();
app.get('/farms/:id', (req, res) => res.json({ id: req.params.id }));
app.get('/broken', () => {
  throw new Error('no such barn');
});
// What Express would do by itself, without its stack trace on the terminal.
app.use((error, req, res, _next) => res.status(500).end());

const server = app.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  for (const path of ['/farms/7', '/farms/8', '/broken', '/no/such/path']) await fetch(url + path);
  await printMetrics(/^intelia_(http_requests|errors)_total/);
  server.close();
});

/** As a scraper would see it. The first scrape shows a new series as 0, so that `increase()` sees it grow. */
async function printMetrics(wanted) {
  const metrics = `http://127.0.0.1:${process.env.OTEL_EXPORTER_PROMETHEUS_PORT ?? 9464}/metrics`;
  await fetch(metrics);
  const text = await (await fetch(metrics)).text();
  console.log(text.split('\n').filter((line) => wanted.test(line)).join('\n')); // prettier-ignore
}

/* Prints:
intelia_http_requests_total{method="GET",endpoint="/farms/:id",status="200"} 2
intelia_http_requests_total{method="GET",endpoint="/broken",status="500"} 1
intelia_http_requests_total{method="GET",endpoint="(unmatched)",status="404"} 1
intelia_errors_total{type="http_5xx",severity="error"} 1
*/
