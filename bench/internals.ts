/** The parts that are measured alone, bundled by lib/bundle.mjs the way scripts/build.mjs bundles the package. */
export { createGuard } from '../src/guard.js';
export { createLog } from '../src/log.js';
export { createRegistry } from '../src/metrics/registry.js';
export { createCatalogueMeter } from '../src/metrics/meter.js';
export { hookHttpServer } from '../src/http/server.js';
export { setRoute } from '../src/http/route.js';
export { createReader } from '../src/export/reader.js';
export { createOtlp } from '../src/export/otlp.js';
export { createScraper } from '../src/export/scrape.js';
export { createCallLog } from '../src/llm/taps/call.js';
export { tapFetch } from '../src/llm/taps/fetch.js';
export { hookPg } from '../src/db/drivers/pg.js';
export { parseSql } from '../src/db/sql/statement.js';
