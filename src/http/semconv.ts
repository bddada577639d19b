/**
 * OTel's own HTTP metrics beside ours: `http.server.request.duration` and `http.client.request.duration`, with the
 * histograms and attributes of `@opentelemetry/instrumentation-http`, of what Node's channels tell. Not seen: HTTP/2, and
 * `fetch`, which has an instrumentation of its own.
 */
import type { Attributes, MeterProvider } from '@opentelemetry/api';
import type { Context } from '../context.js';
import { loadHttpConventions, type Asked } from '../hook/otel-http.js';
import { mapHistograms } from '../metrics/map-histograms.js';
import { createHttpAttributes, rememberKinds } from './semconv-attributes.js';
import { hookClient } from './semconv-client.js';
import { hookServer, type RoutedExchange } from './semconv-server.js';

const INSTRUMENTATION = '@opentelemetry/instrumentation-http';
const SERVER = 'http.server.request.duration';
const CLIENT = 'http.client.request.duration';

/** Records with the instrumentation's meter of `provider`. Loads the instrumentation. */
export function hookHttpSemconv(
  { config, guard }: Pick<Context, 'config' | 'guard'>,
  provider: MeterProvider,
): void {
  const { histograms, served, asked } = loadHttpConventions(provider);
  const bounded = createHttpAttributes();

  const recorder = <E extends object>(name: string, attributesOf: (exchange: E) => object) => {
    const histogram = histograms.get(name);
    const remembered = rememberKinds(attributesOf as (exchange: E) => Attributes);
    return (exchange: E, startedAt: number): void =>
      histogram?.record((performance.now() - startedAt) / 1000, remembered(exchange) as Attributes);
  };

  const ofServer = (exchange: RoutedExchange): object => bounded(served(exchange), exchange.route);
  const ofClient = (exchange: Asked): object => bounded(asked(exchange), undefined);
  hookServer(guard, config.httpIgnore, recorder(SERVER, ofServer));
  hookClient(guard, recorder(CLIENT, ofClient));
}

/**
 * `provider` for everybody else: an instance of the instrumentation that the application registers itself would count
 * every request once more.
 */
export function withoutHttpTwins(provider: MeterProvider): MeterProvider {
  return mapHistograms(provider, (histogram, name, meter) =>
    meter === INSTRUMENTATION && (name === SERVER || name === CLIENT) ? { record() {} } : histogram,
  );
}
