// The server under load. Usage: node server.cjs <http|express> <none|prom-client>
// Writes its port, and at each message from its parent the CPU time it has used.
const http = require('node:http');

const [kind, measuring] = process.argv.slice(2);
const BODY = JSON.stringify({ id: 42, name: 'thing' });
const LABELS = ['method', 'endpoint', 'status'];

function httpHandler() {
  const handler = (_req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(BODY);
  };
  return measuring === 'prom-client' ? withPromClient(handler) : handler;
}

/** A counter and a histogram for each request, as prom-client's documentation shows. */
function withPromClient(handler) {
  const { Counter, Histogram } = require('prom-client');
  const requests = new Counter({ name: 'requests_total', help: 'Requests', labelNames: LABELS });
  const durations = new Histogram({
    name: 'duration_seconds',
    help: 'Durations',
    labelNames: LABELS.slice(0, 2),
  });
  return (req, res) => {
    const end = durations.startTimer();
    res.on('close', () => {
      const labels = { method: req.method, endpoint: '/things/:id' };
      end(labels);
      requests.inc({ ...labels, status: res.statusCode });
    });
    handler(req, res);
  };
}

function expressHandler() {
  const express = require('express');
  const app = express();
  if (measuring === 'prom-client') {
    const bundle = require('express-prom-bundle');
    app.use(bundle({ includeMethod: true, includePath: true, normalizePath: () => '/things/:id' }));
  }
  app.get('/things/:id', (_req, res) => {
    res.type('json').send(BODY);
  });
  return app;
}

const server = http.createServer(kind === 'http' ? httpHandler() : expressHandler());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit(0));
