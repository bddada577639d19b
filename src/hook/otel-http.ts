/**
 * The measuring half of `@opentelemetry/instrumentation-http`, without its patches. Installed as it is meant to be, it
 * would run the application's handlers in a context of its own, be taken out as soon as the application registers an
 * instance itself, and see nothing of what ES modules import by name. So it is given stand-ins for Node's modules, and
 * requests and responses that stand in for those of the application, which are told what Node's channels tell.
 *
 * Of the instrumentation only what every user of it relies on is used: which events of Node's objects it listens to.
 */
import { EventEmitter } from 'node:events';
import Module from 'node:module';
import type * as Api from '@opentelemetry/api';
import type { MeterProvider } from '@opentelemetry/api';
import type * as Otel from '@opentelemetry/instrumentation-http';

/** Stands in for a server's response; to be told `close` and errors. */
export interface ServedStandIn extends EventEmitter {
  statusCode: number;
}

export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
  readonly method: string;
}

export interface HttpMeasures {
  /** Begins the time of a request to a server. */
  served(
    isSecure: boolean,
    request: { readonly method: string; readonly httpVersion: string },
  ): ServedStandIn;
  /** Begins the time of a request to somebody else; to be told `close` and errors. */
  asked(target: Target): EventEmitter;
  /** Stands in for the response; to be told `end` and errors. */
  answered(asked: EventEmitter, response: { statusCode: number; httpVersion: string }): EventEmitter;
}

/** Loads the instrumentation, to record with meters of `provider`. It makes no spans. */
export function loadHttpMeasures(provider: MeterProvider): HttpMeasures {
  const instrumentation = construct();
  const { ProxyTracerProvider } = require('@opentelemetry/api') as typeof Api;
  // One with nobody behind it.
  instrumentation.setTracerProvider(new ProxyTracerProvider());
  instrumentation.setMeterProvider(provider);
  const modules: Record<string, any> = {};
  for (const { name, patch } of instrumentation.getModuleDefinitions())
    modules[name] = patch?.(moduleStandIn());

  return {
    served(isSecure, request) {
      const response = Object.assign(new EventEmitter(), { statusCode: 0 });
      const known = { ...request, url: '/', headers: {}, socket: {} };
      modules[isSecure ? 'https' : 'http'].Server.prototype.emit('request', known, response);
      return response;
    },
    asked(target) {
      const request = new EventEmitter();
      modules['http'].request({ ...target, pathname: '/', headers: {}, request });
      return request;
    },
    answered(asked, response) {
      const answer = Object.assign(new EventEmitter(), response, { socket: {}, resume() {} });
      asked.emit('response', answer);
      return answer;
    },
  };
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
