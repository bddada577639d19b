// For applications of the tests: what they were counted for, as a scrape of themselves has it.
const { createServer } = require('node:http');

/** `path` is where ours is built. A new series reads 0 the first time, so the second scrape is given. */
exports.ownMetrics = async (path) => {
  const server = createServer(require(path).metricsHandler()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${server.address().port}/metrics`;
  await (await fetch(url)).text();
  const text = await (await fetch(url)).text();
  server.close();
  server.closeAllConnections();
  return text;
};
