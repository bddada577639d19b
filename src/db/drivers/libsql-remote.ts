/** Counts the statements that libSQL's client sends to a server: alone, in sequences, as steps of batches. */
import { wrapMethod } from '../../hook/wrap.js';
import type { Call, Calls } from '../calls.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- the client's insides have no types */

export interface ClassPatch {
  readonly file: string;
  readonly binding: string;
  readonly patch: (prototype: any) => void;
}

const METHODS = ['query', 'queryRow', 'queryValue', 'run'];

export function libsqlRemote(calls: Calls): readonly ClassPatch[] {
  /** By the object that stands for a text once the server has it. */
  const texts = new WeakMap<object, unknown>();
  /** By batch its first statement. */
  const firsts = new WeakMap<object, Call>();

  const textOf = (given: any): unknown => {
    const sql = typeof given === 'string' ? given : Array.isArray(given) ? given[0] : given?.sql;
    return typeof sql === 'object' && sql !== null ? texts.get(sql) : sql;
  };
  const count = (owner: any, name: string, begun?: (step: any, call: Call) => void): void => {
    wrapMethod(owner, name, (original) => {
      return function (this: any, ...args: any[]): unknown {
        const call = calls.begin(textOf(args[0]));
        begun?.(this, call);
        const answer: any = original.apply(this, args);
        // The client awaits it. A step that the server left out, since one before it failed, answers nothing.
        answer.then(
          (result: unknown) => {
            if (begun === undefined || result !== undefined) calls.end(call, false);
          },
          () => calls.end(call, true),
        );
        return answer;
      };
    });
  };
  const keepTexts = (owner: any): void => {
    wrapMethod(owner, 'storeSql', (original) => {
      return function storeSql(this: any, ...args: any[]): unknown {
        const stored: any = original.apply(this, args);
        texts.set(stored, args[0]);
        return stored;
      };
    });
  };
  const countUnsent = (batch: any): void => {
    wrapMethod(batch, 'execute', (original) => {
      return function execute(this: any, ...args: any[]): unknown {
        const sent: any = original.apply(this, args);
        // No step is told of it. The server got no further than to the first.
        sent.then(undefined, () => {
          const first = firsts.get(this);
          if (first !== undefined) calls.end(first, true);
        });
        return sent;
      };
    });
  };
  const isStep = ({ _batch: batch }: any, call: Call): void => {
    if (firsts.has(batch)) return;
    firsts.set(batch, call);
    countUnsent(Object.getPrototypeOf(batch));
  };

  return [
    { file: 'stream.js', binding: 'Stream', patch: (stream) => [...METHODS, 'sequence'].forEach((name) => count(stream, name)) },
    { file: 'batch.js', binding: 'BatchStep', patch: (step) => METHODS.forEach((name) => count(step, name, isStep)) },
    { file: 'http/stream.js', binding: 'HttpStream', patch: keepTexts },
    { file: 'ws/client.js', binding: 'WsClient', patch: keepTexts },
  ]; // prettier-ignore
}
