// An application on Prisma that traces it with OTel, and knows nothing of who counts. DRIVER: pg, that is hooked, or PGlite,
// which is not. It prints its spans and what it was counted for.
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { PrismaInstrumentation } = require('@prisma/instrumentation');
const { ownMetrics } = require('../../support/own-metrics.cjs');
const { DRIVER, TABLES, PACKAGE, POSTGRES } = process.env;

const told = [];
const processor = {
  onStart() {},
  onEnd: ({ name }) => void told.push(name),
  forceFlush: async () => {},
  shutdown: async () => {},
};
const tracerProvider = new NodeTracerProvider({ spanProcessors: [processor] });
tracerProvider.register();
registerInstrumentations({ tracerProvider, instrumentations: [new PrismaInstrumentation()] });

const adapters = {
  async pg() {
    const { PrismaPg } = require('@prisma/adapter-pg');
    return new PrismaPg({ connectionString: POSTGRES });
  },
  async PGlite() {
    const { PGlite } = require('@electric-sql/pglite');
    const { PrismaPGlite } = require('pglite-prisma-adapter');
    const client = new PGlite();
    for (const each of JSON.parse(TABLES)) await client.exec(each);
    return new PrismaPGlite(client);
  },
};

void (async () => {
  const { PrismaClient } = require('./.cache/prisma/client.ts');
  const prisma = new PrismaClient({ adapter: await adapters[DRIVER]() });
  await prisma.users.findUnique({ where: { id: 1 } });
  await prisma.users.create({ data: { id: 3, name: 'Eve' } });
  await prisma.users.create({ data: { id: 3, name: 'Eve' } }).catch(() => {});
  await prisma.orders.findFirst({ include: { user: true } });
  await prisma.$queryRaw`SELECT * FROM missing`.catch(() => {});
  await prisma
    .$transaction(async (inside) => {
      await inside.users.update({ where: { id: 3 }, data: { name: 'Eva' } });
      throw new Error('undo');
    })
    .catch(() => {});
  await prisma.$disconnect();
  console.log(JSON.stringify({ told, text: await ownMetrics(PACKAGE) }));
})();
