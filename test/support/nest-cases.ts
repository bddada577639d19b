/** NestJS over Express and over Fastify under the common cases: no hook of its own, seen through theirs. For every major. */
import { PassThrough } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import { UNMATCHED } from '../../src/http/route.js';
import { describeFramework, type Control } from './http-cases.js';

export interface Nest {
  /** `@nestjs/common` */
  readonly common: any;
  readonly NestFactory: any;
  /** Of `rxjs`. */
  readonly Observable: any;
  readonly adapters: Readonly<Record<'Express' | 'Fastify', () => unknown>>;
}

type Handler = (...args: never[]) => unknown;
type Decorator = MethodDecorator | ParameterDecorator;
type Method = readonly [name: string, decorators: Decorator[], handler: Handler];

const ok = (): string => 'ok';
const fail = (message: string): never => {
  throw new Error(message);
};

/** A controller without decorator syntax. */
function controller({ Controller }: any, path: string, methods: readonly Method[]): new () => object {
  const Class = class {};
  for (const [name, decorators, handler] of methods) {
    // Nest keeps what decorators say on the function itself: each needs one of its own.
    const value = (...args: never[]): unknown => handler(...args);
    const descriptor = { value, configurable: true, writable: true };
    Object.defineProperty(Class.prototype, name, descriptor);
    for (const decorate of decorators) (decorate as MethodDecorator)(Class.prototype, name, descriptor);
  }
  Controller(path)(Class);
  return Class;
}

function slowly({ StreamableFile }: any, { held }: Control): unknown {
  const body = new PassThrough();
  body.write('first');
  void held().then(() => body.end('last'));
  return new StreamableFile(body);
}

const events = ({ Observable }: Nest, { held }: Control): unknown =>
  new Observable((observer: any) => {
    observer.next({ data: 'first' });
    void held().then(() => {
      observer.next({ data: 'last' });
      observer.complete();
    });
  });

const refuse = { canActivate: () => false };

function rootModule(nest: Nest, control: Control): new () => object {
  const { All, Get, Header, HttpCode, HttpException, Module, Post, Sse, UseGuards, Version } = nest.common;
  const root = controller(nest.common, '', [
    ['index', [Get('/')], ok],
    ['user', [Get('users/:id')], ok],
    ['upload', [Post('upload')], ok],
    ['throws', [Get('throw/:id')], () => fail('thrown')],
    ['rejects', [Get('reject/:id')], () => later(0).then(() => fail('rejected'))],
    ['teapot', [Get('teapot/:id')], () => { throw new HttpException('tea', 418); }],
    ['cached', [Get('cached/:id'), HttpCode(304)], () => undefined],
    ['hang', [Get('hang/:id')], () => control.held().then(ok)],
    ['stream', [Get('stream/:id'), Header('content-type', 'text/plain')], () => slowly(nest.common, control)],
    ['events', [Sse('events/:id')], () => events(nest, control)],
    ['guarded', [Get('guarded/:id'), UseGuards(refuse)], ok],
    ['all', [All('all/:id')], ok],
  ]); // prettier-ignore
  const items = controller(nest.common, 'api/v1', [
    ['item', [Get('items/:item')], ok],
    ['versioned', [Get('versioned/:id'), Version('2')], ok],
  ]);
  const Root = class {};
  Module({ controllers: [root, items] })(Root);
  return Root;
}

export function describeNest(major: number, nest: Nest): void {
  for (const [name, create] of Object.entries(nest.adapters)) {
    describeFramework(`NestJS ${major} over ${name}`, {
      async start(control) {
        const app = await nest.NestFactory.create(rootModule(nest, control), create(), { logger: false });
        app.enableVersioning({ type: nest.common.VersioningType.URI });
        await app.listen(0, '127.0.0.1');
        const server = app.getHttpServer();
        return {
          port: server.address().port,
          server,
          close: () => {
            server.closeAllConnections();
            return app.close();
          },
        };
      },
      ...(name === 'Express' ? { leftInBody: UNMATCHED } : {}),
      also: {
        'GET /v2/api/v1/versioned/9': '/v2/api/v1/versioned/:id 200',
        'GET /guarded/1': '/guarded/:id 403',
        'PATCH /all/1': '/all/:id 200',
      },
    });
  }
}
