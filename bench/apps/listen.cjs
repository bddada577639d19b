// Tells when an HTTP server listens, in milliseconds since the process began, and the memory used by then.
const http = require('node:http');

const server = http.createServer((_req, res) => res.end());
server.listen(0, '127.0.0.1', () => {
  const ms = performance.now();
  process.stdout.write(JSON.stringify({ ms, rss: process.memoryUsage.rss() }));
  server.close();
});
