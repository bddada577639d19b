// An ES module application on NestJS, over Express and over Fastify; asks each once, and prints what measured.cts has counted.
import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const { test } = globalThis;

class Users {
  user(id) {
    return id;
  }
}
const descriptor = Object.getOwnPropertyDescriptor(Users.prototype, 'user');
Get(':id')(Users.prototype, 'user', descriptor);
Param('id')(Users.prototype, 'user', 0);
Controller('users')(Users);
class Root {}
Module({ controllers: [Users] })(Root);

for (const adapter of [new ExpressAdapter(), new FastifyAdapter()]) {
  const app = await NestFactory.create(Root, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer();
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/users/42`);
  if ((await answer.text()) !== '42') throw new Error('answered wrongly');
  server.closeAllConnections();
  await app.close();
}
while ((test.value('intelia_http_requests_total') ?? 0) < 2) await new Promise(setImmediate);
process.stdout.write(JSON.stringify(test.series('intelia_http_requests_total')));
if (test.errors.length + test.warnings.length > 0) throw new Error([...test.errors, ...test.warnings].join());
