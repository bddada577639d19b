/**
 * OTel's own HTTP metrics beside ours: `http.server.request.duration` and `http.client.request.duration`, as
 * `@opentelemetry/instrumentation-http` records them, told by Node's channels. Not seen: HTTP/2, and `fetch`, which has an
 * instrumentation of its own.
 */
import type { Attributes, MeterProvider } from '@opentelemetry/api';
import type { Context } from '../context.js';
import { loadHttpMeasures } from '../hook/otel-http.js';
import { mapHistograms } from '../metrics/map-histograms.js';
import { endpointOf, routeState, UNMATCHED } from './route.js';
import { createHttpAttributes } from './semconv-attributes.js';
import { hookClient } from './semconv-client.js';
import { hookServer } from './semconv-server.js';

const INSTRUMENTATION = '@opentelemetry/instrumentation-http';
const METRICS: readonly string[] = ['http.server.request.duration', 'http.client.request.duration'];

/** Records with a meter of `provider`. Loads the instrumentation. */
export function hookHttpSemconv(
  { config, guard }: Pick<Context, 'config' | 'guard'>,
  provider: MeterProvider,
) {
  // Set while the instrumentation is told of an end, which is when it records.
  let route: string | undefined;
  const attributesOf = createHttpAttributes();
  const bounded = mapHistograms(provider, (histogram) => ({
    record: (value, given = {}) => histogram.record(value, attributesOf(given, route) as Attributes),
  }));
  const measures = loadHttpMeasures(bounded);
  hookServer(guard, measures, config.httpIgnore, (request, tell) => {
    const endpoint = endpointOf(routeState(request));
    route = endpoint === UNMATCHED ? undefined : endpoint;
    guard.run('http semconv', tell);
    route = undefined;
  });
  hookClient(guard, measures);
}

/**
 * `provider` for everybody else: an instance of the instrumentation that the application registers itself would count
 * every request once more.
 */
export function withoutHttpTwins(provider: MeterProvider): MeterProvider {
  return mapHistograms(provider, (histogram, name, meter) =>
    meter === INSTRUMENTATION && METRICS.includes(name) ? { record() {} } : histogram,
  );
}
