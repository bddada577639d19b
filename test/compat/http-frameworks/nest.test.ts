/** NestJS 11 over Express and over Fastify: no hook of its own, seen through theirs. */
import 'reflect-metadata';
import { PassThrough } from 'node:stream';
import { setTimeout as later } from 'node:timers/promises';
import {
  All, Controller, Get, Header, HttpCode, HttpException, Module, Post, Sse, StreamableFile, UseGuards, Version,
  VersioningType, type INestApplication,
} from '@nestjs/common'; // prettier-ignore
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Observable } from 'rxjs';
import { UNMATCHED } from '../../../src/http/route.js';
import { describeFramework, type Control } from '../../support/http-cases.js';

type Handler = (...args: never[]) => unknown;
type Decorator = MethodDecorator | ParameterDecorator;

/** A controller without decorator syntax: `[name, decorators, handler]` for each method. */
function controller(path: string, methods: readonly [string, Decorator[], Handler][]): new () => object {
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

const ok = (): string => 'ok';
const fail = (message: string): never => {
  throw new Error(message);
};

function slowly({ held }: Control): StreamableFile {
  const body = new PassThrough();
  body.write('first');
  void held().then(() => body.end('last'));
  return new StreamableFile(body);
}

const events = ({ held }: Control): Observable<{ data: string }> =>
  new Observable((observer) => {
    observer.next({ data: 'first' });
    void held().then(() => {
      observer.next({ data: 'last' });
      observer.complete();
    });
  });

const refuse = { canActivate: () => false };

function rootModule(control: Control): new () => object {
  const root = controller('', [
    ['index', [Get('/')], ok],
    ['user', [Get('users/:id')], ok],
    ['upload', [Post('upload')], ok],
    ['throws', [Get('throw/:id')], () => fail('thrown')],
    ['rejects', [Get('reject/:id')], () => later(0).then(() => fail('rejected'))],
    ['teapot', [Get('teapot/:id')], () => { throw new HttpException('tea', 418); }],
    ['cached', [Get('cached/:id'), HttpCode(304)], () => undefined],
    ['hang', [Get('hang/:id')], () => control.held().then(ok)],
    ['stream', [Get('stream/:id'), Header('content-type', 'text/plain')], () => slowly(control)],
    ['events', [Sse('events/:id')], () => events(control)],
    ['guarded', [Get('guarded/:id'), UseGuards(refuse)], ok],
    ['all', [All('all/:id')], ok],
  ]); // prettier-ignore
  const items = controller('api/v1', [
    ['item', [Get('items/:item')], ok],
    ['versioned', [Get('versioned/:id'), Version('2')], ok],
  ]);
  const Root = class {};
  Module({ controllers: [root, items] })(Root);
  return Root;
}

const adapters = {
  Express: () => new ExpressAdapter(),
  Fastify: () => new FastifyAdapter() as never,
};

for (const [name, create] of Object.entries(adapters)) {
  describeFramework(`NestJS 11 over ${name}`, {
    async start(control) {
      const app: INestApplication = await NestFactory.create(rootModule(control), create(), {
        logger: false,
      });
      app.enableVersioning({ type: VersioningType.URI });
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
