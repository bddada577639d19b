/**
 * Two servers that speak MongoDB's protocol; MongoDB itself is in no package registry.
 *
 * - {@link startMongoJava}: mongo-java-server, somebody else's, over a store in memory. It knows no sessions.
 * - {@link startMongoMock}: a mock of ours that answers as the test says: transactions, silence, broken connections.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { needs, startServer, type ChildServer } from './child-server.js';

const folder = join(__dirname, 'mongo-java');

/** @example before(async function () { mongo = await startMongoJava(this); }) */
export function startMongoJava(suite: Mocha.Context): Promise<ChildServer> {
  needs(suite, 'java', 'default-jdk-headless');
  const lib = join(folder, 'lib');
  if (!existsSync(lib)) {
    needs(suite, 'mvn', 'maven');
    const args = [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${lib}`,
    ];
    const { status, stdout } = spawnSync('mvn', args);
    if (status !== 0) throw new Error(`mvn: ${String(stdout)}`);
  }
  return startServer({
    program: 'java',
    ready: 'listening',
    args: (_directory, port) => ['-Xmx128m', '-cp', join(lib, '*'), join(folder, 'Main.java'), String(port)],
  });
}

type Document = Record<string, unknown>;

/** The BSON of the driver under test. */
export interface Bson {
  serialize(document: Document): Uint8Array;
  deserialize(bytes: Uint8Array): Document;
}

export interface MongoMock {
  readonly port: number;
  /** Commands it was asked, without those of the driver's own. */
  readonly asked: Document[];
  stop(): Promise<void>;
}

/** What the mock replies; undefined: nothing, ever; `cut`: it closes the connection. */
export type Reply = (command: Document, name: string) => Document | undefined | 'cut';

const HEADER = 16;
const OP_MSG = 2013;
const OP_QUERY = 2004;
const OP_REPLY = 1;

/** A replica set of one, so that drivers use sessions and transactions with it. */
export async function startMongoMock({ serialize, deserialize }: Bson, reply: Reply): Promise<MongoMock> {
  const asked: Document[] = [];
  const sockets = new Set<Socket>();
  const hello = () => ({
    ok: 1, isWritablePrimary: true, ismaster: true, helloOk: true, setName: 'mock', me: address(), primary: address(),
    hosts: [address()], setVersion: 1, minWireVersion: 0, maxWireVersion: 21, logicalSessionTimeoutMinutes: 30,
    maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000,
  }); // prettier-ignore
  const answer = (message: Buffer, socket: Socket): void => {
    const isQuery = message.readInt32LE(12) === OP_QUERY;
    const start = isQuery ? message.indexOf(0, HEADER + 4) + 9 : HEADER + 5;
    const command = deserialize(message.subarray(start, start + message.readInt32LE(start)));
    const name = Object.keys(command)[0] ?? '';
    // The driver also asks a `hello` that would be answered later, when something changes: here it never does.
    if (name === 'hello' && command['topologyVersion'] !== undefined) return;
    const own = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions'].includes(name);
    if (!own) asked.push(command);
    const body = own
      ? name === 'ping' || name === 'endSessions'
        ? { ok: 1 }
        : hello()
      : reply(command, name);
    if (body === 'cut') socket.destroy();
    else if (body !== undefined) socket.write(frame(serialize(body), message.readInt32LE(4), isQuery));
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let buffered = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= HEADER && buffered.length >= buffered.readInt32LE(0)) {
        const length = buffered.readInt32LE(0);
        answer(buffered.subarray(0, length), socket);
        buffered = buffered.subarray(length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = (): string => `127.0.0.1:${port}`;
  return {
    port,
    asked,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function frame(body: Uint8Array, responseTo: number, isReply: boolean): Buffer {
  const before = isReply ? 20 : 5;
  const head = Buffer.alloc(HEADER + before);
  head.writeInt32LE(HEADER + before + body.length, 0);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(isReply ? OP_REPLY : OP_MSG, 12);
  if (isReply) head.writeInt32LE(1, HEADER + 16);
  return Buffer.concat([head, body]);
}
