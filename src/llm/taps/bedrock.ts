/**
 * The hook on AWS's Bedrock SDK, which speaks HTTP/2, where no tap of ours sees it. `BedrockRuntimeClient.send` gives its
 * client three steps of middleware, by the SDK's own interface: promises, answers and errors stay the SDK's.
 */
import { isFirst } from '../../hook/once.js';
import { ownMethod } from '../../hook/own.js';
import { onKnownFile } from '../../hook/version.js';
import { wrapMethod } from '../../hook/wrap.js';
import { callStart, type TapOptions } from './begin.js';
import type { Call, HeaderReader } from './contract.js';
import { INVOCATION_HEADER, whileCounted } from './counted.js';
import { FEATURE_HEADER } from '../feature.js';
import { findEndpoint } from '../providers/index.js';
import { tapReadable } from './readable.js';
import { tapStream } from './stream.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- commands, requests and answers are the SDK's own, of any version */
type Step = (args: any) => Promise<any>;
type Headers = Record<string, string>;

/** An `import` of the package gets this file too: it has no other for Node. */
const FILE = '@aws-sdk/client-bedrock-runtime/dist-cjs/index.js';

export function hookBedrock(options: TapOptions): void {
  onKnownFile(options, FILE, '3', ({ BedrockRuntimeClient }) => {
    if (!isFirst(BedrockRuntimeClient.prototype, 'send')) return;
    const known = new WeakSet<object>();
    /** Of the command that is being sent: `send` sets up its steps before it returns. */
    let signal: AbortSignal | undefined;
    wrapMethod(BedrockRuntimeClient.prototype, 'send', (original) => {
      return function send(this: any, ...args: any[]): unknown {
        options.guard.run('llm bedrock', () => {
          signal = args[1]?.abortSignal;
          if (known.has(this)) return;
          known.add(this);
          addSteps(this.middlewareStack, () => signal, options);
        });
        try {
          return original.apply(this, args);
        } finally {
          signal = undefined;
        }
      };
    });
  });
}

function addSteps(stack: any, signalNow: () => AbortSignal | undefined, options: TapOptions): void {
  const calls = new WeakMap<object, Call>();
  /** By the context that all steps of a command share. */
  const features = new WeakMap<object, string>();
  /** Before the request is signed: then the header must stay. */
  const name = (next: Step, context: object) => (args: any) => {
    options.guard.run('llm bedrock', () => {
      const feature = takeFeature(args.request?.headers ?? {});
      if (feature !== undefined) features.set(context, feature);
    });
    return next(args);
  };
  /** Next to the network, once for each attempt. */
  const attempt = (next: Step, context: object): Step => {
    const signal = signalNow();
    return async (args) => {
      const call = options.guard.run('llm bedrock', () =>
        begin(args.request, signal, features.get(context), options),
      );
      if (call === undefined) return next(args);
      let result: any;
      try {
        result = await whileCounted(args.request.headers[INVOCATION_HEADER], () => next(args));
      } catch (error) {
        call.error(causeOf(error));
        throw error;
      }
      options.guard.run('llm bedrock', () => {
        calls.set(result.response, call);
        onResponse(result.response, call, signal, options);
      });
      return result;
    };
  };
  /** Around the SDK's reading of an answer: on leaving its loop early the SDK does not close the stream below. */
  const read = (next: Step) => async (args: any) => {
    const result = await next(args);
    options.guard.run('llm bedrock', () => onOutput(result.output, calls.get(result.response)));
    return result;
  };
  stack.add(name, { name: 'inteliaFeature', step: 'build', priority: 'low', override: true });
  stack.add(attempt, { name: 'inteliaAttempt', step: 'deserialize', priority: 'low', override: true });
  stack.add(read, { name: 'inteliaRead', step: 'deserialize', priority: 'high', override: true });
}

/** The SDK calls a reset connection a timeout. */
function causeOf(error: any): unknown {
  return error?.code === 'ECONNRESET' || error?.code === 'EPIPE' ? undefined : error;
}

function takeFeature(headers: Headers): string | undefined {
  const given = Object.keys(headers).find((key) => key.toLowerCase() === FEATURE_HEADER);
  const feature = given === undefined ? undefined : headers[given];
  if (given !== undefined) delete headers[given];
  return feature;
}

function begin(
  request: any,
  signal: AbortSignal | undefined,
  feature: string | undefined,
  { calls }: TapOptions,
): Call | undefined {
  const endpoint = findEndpoint(String(request.hostname), request.path);
  if (endpoint === undefined) return undefined;
  const header: HeaderReader = (name) =>
    (name === FEATURE_HEADER ? feature : undefined) ?? request.headers[name];
  const call = calls.start(callStart(endpoint, header, signal));
  call.requestBody(undefined);
  return call;
}

function onResponse(response: any, call: Call, signal: AbortSignal | undefined, { calls }: TapOptions): void {
  call.response(response.statusCode, (name) => response.headers[name]);
  if (response.statusCode >= 300) return;
  const { body } = response;
  calls.abandonWith(body, call);
  if (typeof body.getReader === 'function') tapStream(body, call, false);
  else tapReadable(body, call, signal);
}

function onOutput(output: any, call: Call | undefined): void {
  const stream = output?.stream ?? output?.body;
  const iterate = stream?.[Symbol.asyncIterator];
  if (call === undefined || typeof iterate !== 'function') return;
  ownMethod(stream, Symbol.asyncIterator, (): unknown => {
    const iterator = iterate.call(stream);
    const { return: finish } = iterator;
    ownMethod(iterator, 'return', (...args: unknown[]) => {
      call.cancel();
      return finish.apply(iterator, args);
    });
    return iterator;
  });
}
