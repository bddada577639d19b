/** One endpoint for GraphQL and for tRPC, over whatever server: an operation's name comes from the client. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { expressMiddleware } from '@as-integrations/express5';
import Hapi from '@hapi/hapi';
import { serve } from '@hono/node-server';
import Router from '@koa/router';
import fastifyApollo, { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import { initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import express from 'express';
import fastify from 'fastify';
import { createSchema, createYoga } from 'graphql-yoga';
import { Hono } from 'hono';
import Koa from 'koa';
import { UNMATCHED } from '../../../src/http/route.js';
import type { TestContext } from '../../support/context.js';
import { counted, measured, until } from '../../support/http.js';

const typeDefs = 'type Query { hello: String, fails: String }';
const resolvers = {
  Query: {
    hello: () => 'ok',
    fails: () => {
      throw new Error('failed');
    },
  },
};

interface Running {
  readonly port: number;
  close(): unknown;
}

async function listening(server: Server): Promise<Running> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const yoga = () => createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false });

async function apollo(): Promise<ApolloServer> {
  const server = new ApolloServer({ typeDefs, resolvers });
  await server.start();
  return server;
}

const t = initTRPC.create();
const router = t.router({
  hello: t.procedure.query(() => 'ok'),
  nested: t.router({ deep: t.procedure.query(() => 'ok') }),
  fails: t.procedure.query(() => {
    throw new Error('failed');
  }),
});

type Answer = (request: Request) => Promise<Response>;

const requestOf = ({ method = '', url, headers }: IncomingMessage, body: Buffer): Request =>
  new Request(`http://localhost${url}`, {
    method,
    headers: Object.entries(headers) as [string, string][],
    ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
  });

/** Frameworks for which there is no adapter of all three: each is asked as fetch is, under one route. */
const overs: Record<string, (path: string, answer: Answer) => Promise<Running>> = {
  Koa(path, answer) {
    const router = new Router().all(path, async (ctx: any) => {
      const response = await answer(requestOf(ctx.req, await buffer(ctx.req)));
      ctx.status = response.status;
      ctx.body = await response.text();
    });
    return listening(createServer(new Koa().use(router.routes()).callback()));
  },
  async Hapi(path, answer) {
    const server = Hapi.server({ port: 0, address: '127.0.0.1', debug: false });
    server.route({
      method: '*',
      path,
      options: { payload: { parse: false } },
      handler: async ({ raw, payload }, h) => {
        const response = await answer(requestOf(raw.req, payload as Buffer));
        return h.response(await response.text()).code(response.status);
      },
    });
    await server.start();
    return { port: server.info.port as number, close: () => server.stop() };
  },
  Hono: (path, answer) =>
    listening(
      serve({
        fetch: new Hono().all(path, (c) => answer(c.req.raw)).fetch,
        port: 0,
        hostname: '127.0.0.1',
      }) as Server,
    ),
};

const yogaAnswer = (): Answer => {
  const handler = yoga();
  return async (request) => handler.fetch(request);
};

async function apolloAnswer(): Promise<Answer> {
  const server = await apollo();
  return async (request) => {
    const httpGraphQLRequest = {
      method: request.method,
      headers: new HeaderMap([...request.headers]),
      search: new URL(request.url).search,
      body: await request.json(),
    };
    const { body, status } = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: async () => ({}),
    });
    return new Response(body.kind === 'complete' ? body.string : '', { status: status ?? 200 });
  };
}

const trpcAnswer: Answer = (req) => fetchRequestHandler({ endpoint: '/trpc', req, router });

/** What each is counted under. */
const graphql: Record<string, { start(): Promise<Running>; path?: string; endpoint: string }> = {
  'GraphQL Yoga over Express': {
    start: () => listening(createServer(express().use('/graphql', yoga()))),
    endpoint: '/graphql',
  },
  'GraphQL Yoga over node:http': {
    start: () => listening(createServer(yoga() as unknown as RequestListener)),
    endpoint: UNMATCHED,
  },
  'GraphQL Yoga over Fastify': {
    async start() {
      const app = fastify();
      const handler = yoga();
      app.route({
        url: '/graphql',
        method: ['GET', 'POST', 'OPTIONS'],
        handler: async (req, reply) => {
          const response = await handler.handleNodeRequestAndResponse(req as never, reply as never);
          for (const [name, value] of response.headers) void reply.header(name, value);
          return reply.status(response.status).send(await response.text());
        },
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return listening(app.server);
    },
    endpoint: '/graphql',
  },
  'Apollo over Express': {
    start: async () =>
      listening(createServer(express().use('/graphql', express.json(), expressMiddleware(await apollo())))),
    endpoint: '/graphql',
  },
  'Apollo over Fastify': {
    async start() {
      const app = fastify();
      const server = new ApolloServer({ typeDefs, resolvers, plugins: [fastifyApolloDrainPlugin(app)] });
      await server.start();
      await app.register(fastifyApollo(server), { path: '/unused' });
      app.route({ url: '/graphql', method: ['GET', 'POST'], handler: fastifyApolloHandler(server) });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return listening(app.server);
    },
    endpoint: '/graphql',
  },
  'Apollo on its own': {
    async start() {
      const server = new ApolloServer({ typeDefs, resolvers });
      const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
      return { port: Number(new URL(url).port), close: () => server.stop() };
    },
    endpoint: UNMATCHED,
  },
};

const trpc: Record<string, { start(): Promise<Running>; prefix: string; endpoint: string }> = {
  'tRPC over Express': {
    start: () => listening(createServer(express().use('/trpc', createExpressMiddleware({ router })))),
    prefix: '/trpc',
    endpoint: '/trpc',
  },
  'tRPC over Fastify': {
    async start() {
      const app = fastify({ routerOptions: { maxParamLength: 5000 } });
      await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return listening(app.server);
    },
    prefix: '/trpc',
    endpoint: '/trpc/:path',
  },
  'tRPC on its own': {
    start: () => listening(createHTTPServer({ router }) as Server),
    prefix: '',
    endpoint: UNMATCHED,
  },
};

for (const [name, over] of Object.entries(overs)) {
  const endpoint = '/graphql';
  graphql[`GraphQL Yoga over ${name}`] = { start: async () => over(endpoint, yogaAnswer()), endpoint };
  graphql[`Apollo over ${name}`] = { start: async () => over(endpoint, await apolloAnswer()), endpoint };
  const path = name === 'Hapi' ? '/trpc/{path}' : '/trpc/:path';
  trpc[`tRPC over ${name}`] = { start: () => over(path, trpcAnswer), prefix: '/trpc', endpoint: path };
}

async function countedOf(
  start: () => Promise<Running>,
  ask: (url: string) => Promise<number>,
): Promise<TestContext> {
  measured();
  const running = await start();
  const test = measured();
  const asked = await ask(`http://127.0.0.1:${running.port}`);
  await until(() => counted(test) === asked);
  await running.close();
  assert.deepEqual(test.errors, []);
  return test;
}

describe('GraphQL', () => {
  const send = async (url: string, query: string, operationName: string): Promise<void> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName }),
    });
    await response.text();
  };

  for (const [name, { start, endpoint }] of Object.entries(graphql)) {
    it(`${name} has one endpoint for every operation`, async () => {
      const test = await countedOf(start, async (url) => {
        for (let i = 0; i < 5; i++) await send(url, `query Op${i} { hello }`, `Op${i}`);
        await send(url, 'query Fails { fails }', 'Fails');
        return 6;
      });
      assert.deepEqual(test.series('intelia_http_requests_total'), {
        [`method=POST,endpoint=${endpoint},status=200`]: 6,
      });
    });
  }
});

describe('tRPC', () => {
  for (const [name, { start, prefix, endpoint }] of Object.entries(trpc)) {
    it(`${name} has one endpoint for every procedure`, async () => {
      const test = await countedOf(start, async (url) => {
        for (const path of ['hello', 'nested.deep', 'hello,nested.deep?batch=1', 'fails', 'nope'])
          await (await fetch(`${url}${prefix}/${path}`)).text();
        return 5;
      });
      assert.deepEqual(test.series('intelia_http_requests_total'), {
        [`method=GET,endpoint=${endpoint},status=200`]: 3,
        [`method=GET,endpoint=${endpoint},status=500`]: 1,
        [`method=GET,endpoint=${endpoint},status=404`]: 1,
      });
    });
  }
});
