/**
 * What `@opentelemetry/instrumentation-http` records, without its patches. Installed as it is meant to be, it would run
 * the application's handlers in a context of its own, be taken out as soon as the application registers an instance
 * itself, and see nothing of what ES modules import by name. So it is given stand-ins for Node's modules, and is shown
 * exchanges that never were, to be asked for their attributes.
 *
 * Of the instrumentation only what every user of it relies on is used: which events of Node's objects it listens to.
 */
import { errorMonitor, EventEmitter } from 'node:events';
import Module from 'node:module';
import type * as Api from '@opentelemetry/api';
import type { Attributes, Histogram, MeterProvider } from '@opentelemetry/api';
import type * as Otel from '@opentelemetry/instrumentation-http';
import { mapHistograms } from '../metrics/map-histograms.js';

/** A request to a server of the application's. */
export interface Served {
  readonly isSecure: boolean;
  readonly method: string;
  readonly httpVersion: string;
  readonly statusCode: number;
  /** The name of the error that it ended with. */
  readonly failure: string | undefined;
}

/** A request of the application's to somebody else. */
export interface Asked {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
  readonly method: string;
  /** Of an answer, if there was one. */
  readonly httpVersion: string | undefined;
  readonly statusCode: number | undefined;
  readonly failure: string | undefined;
}

export interface HttpConventions {
  /** The instrumentation's own, by their names. */
  readonly histograms: ReadonlyMap<string, Histogram>;
  served(exchange: Served): Attributes;
  asked(exchange: Asked): Attributes;
}

/** Loads the instrumentation, whose histograms are made by `provider`. It makes no spans, and records nothing itself. */
export function loadHttpConventions(provider: MeterProvider): HttpConventions {
  const histograms = new Map<string, Histogram>();
  let told: Attributes = {};
  const listening = mapHistograms(provider, (histogram, name) => {
    histograms.set(name, histogram);
    return { record: (_value, attributes = {}) => void (told = attributes) };
  });
  const modules = patchedStandIns(listening);

  function toldAtEnd(standIn: EventEmitter, failure: string | undefined): Attributes {
    told = {};
    if (failure === undefined) standIn.emit('close');
    else standIn.emit(errorMonitor, { name: failure });
    return told;
  }

  return {
    histograms,
    served({ isSecure, method, httpVersion, statusCode, failure }) {
      const request = { method, httpVersion, url: '/', headers: {}, socket: {} };
      const response = Object.assign(new EventEmitter(), { statusCode });
      modules[isSecure ? 'https' : 'http'].Server.prototype.emit('request', request, response);
      return toldAtEnd(response, failure);
    },
    asked({ httpVersion, statusCode, failure, ...target }) {
      const request = new EventEmitter();
      modules['http'].request({ ...target, pathname: '/', headers: {}, request });
      const answer = { httpVersion, statusCode, socket: {}, resume() {} };
      if (statusCode !== undefined) request.emit('response', Object.assign(new EventEmitter(), answer));
      return toldAtEnd(request, failure);
    },
  };
}

function patchedStandIns(provider: MeterProvider): Record<string, any> {
  const instrumentation = construct();
  const { ProxyTracerProvider } = require('@opentelemetry/api') as typeof Api;
  // One with nobody behind it.
  instrumentation.setTracerProvider(new ProxyTracerProvider());
  instrumentation.setMeterProvider(provider);
  const modules: Record<string, any> = {};
  for (const { name, patch } of instrumentation.getModuleDefinitions())
    modules[name] = patch?.(moduleStandIn());
  return modules;
}

/** What the instrumentation wraps; a request to nobody is the one it was given. */
const moduleStandIn = (): object => ({
  request: ({ request }: { request: object }) => request,
  get: () => undefined,
  Server: { prototype: { emit: () => false } },
});

/**
 * Every instrumentation puts a watch on `require`, even one that is not to be enabled, and all of them share it. This
 * one would keep from the application's own whatever was loaded before those: it is taken off again.
 */
function construct(): Otel.HttpInstrumentation {
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http') as typeof Otel;
  const { prototype } = Module as unknown as { prototype: { require: unknown } };
  const { require: before } = prototype;
  const builtin = Object.getOwnPropertyDescriptor(process, 'getBuiltinModule');
  const instrumentation: any = new HttpInstrumentation({ enabled: false });
  if (prototype.require !== before) {
    prototype.require = before;
    if (builtin !== undefined) Object.defineProperty(process, 'getBuiltinModule', builtin);
    instrumentation._requireInTheMiddleSingleton.constructor._instance = undefined;
  }
  return instrumentation;
}
