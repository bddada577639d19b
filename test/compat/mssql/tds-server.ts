/**
 * A stand-in for SQL Server, which cannot be had here: it speaks as much of its protocol (TDS 7.4) as the tests ask for,
 * and answers by what it finds in the text.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface TdsServer {
  readonly port: number;
  /** Requests that are to be sent their rows: each call sends one more row, then the end. */
  readonly waiting: (() => void)[];
  stop(): Promise<void>;
}

const PRELOGIN = 0x12, LOGIN = 0x10, BATCH = 0x01, RPC = 0x03, ATTENTION = 0x06, BULK = 0x07, TRANSACTION = 0x0e; // prettier-ignore

const ucs2 = (text: string) => Buffer.from(text, 'utf16le');
const u16 = (n: number) => Buffer.from([n & 255, n >> 8]);
const u32 = (n: number) => Buffer.from([n & 255, (n >> 8) & 255, (n >> 16) & 255, n >> 24]);
const bVarchar = (text: string) => Buffer.concat([Buffer.from([text.length]), ucs2(text)]);
const usVarchar = (text: string) => Buffer.concat([u16(text.length), ucs2(text)]);
const token = (type: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type]), u16(body.length), body]);
};
const INT = Buffer.from([0x26, 4]);
const done = (status = 0, rows = 0) =>
  Buffer.concat([Buffer.from([0xfd]), u16(status), u16(0), u32(rows), u32(0)]);
const columns = Buffer.concat([Buffer.from([0x81]), u16(1), u32(0), u16(9), INT, bVarchar('id')]);
const row = (id: number) => Buffer.concat([Buffer.from([0xd1, 4]), u32(id)]);
const error = (number: number, text: string) =>
  token(0xaa, u32(number), Buffer.from([1, 16]), usVarchar(text), bVarchar('tds'), bVarchar(''), u32(1));
const handle = Buffer.concat([
  Buffer.from([0xac]), u16(1), bVarchar('handle'), Buffer.from([1]), u32(0), u16(0), INT, Buffer.from([4]), u32(7),
]); // prettier-ignore
const id = Buffer.alloc(8, 1);
const TRANSACTIONS: Record<number, Buffer> = {
  5: token(0xe3, Buffer.from([8, 8]), id, Buffer.from([0])),
  7: token(0xe3, Buffer.from([9, 0, 8]), id),
  8: token(0xe3, Buffer.from([10, 0, 8]), id),
  9: Buffer.alloc(0),
};
const loginAck = token(0xad, Buffer.from([1, 0x74, 0, 0, 4]), bVarchar('tds'), Buffer.from([16, 0, 0, 0]));

export async function startTds(): Promise<TdsServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    let held = Buffer.alloc(0);
    let payload: Buffer[] = [];
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 8 && held.length >= held.readUInt16BE(2)) {
        const packet = held.subarray(0, held.readUInt16BE(2));
        held = held.subarray(packet.length);
        payload.push(packet.subarray(8));
        if (((packet[1] as number) & 1) === 0) continue;
        // A request that was taken back while it was sent is answered as one that was cancelled.
        const type = ((packet[1] as number) & 2) === 0 ? (packet[0] as number) : ATTENTION;
        respond(type, Buffer.concat(payload), socket);
        payload = [];
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tds = {
    port: (server.address() as AddressInfo).port,
    waiting: [] as (() => void)[],
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function respond(type: number, body: Buffer, socket: Socket): void {
    const send = (isLast: boolean, ...tokens: Buffer[]): void => {
      const data = Buffer.concat(tokens);
      const header = Buffer.from([4, isLast ? 1 : 0, 0, 0, 0, 0, 1, 0]);
      header.writeUInt16BE(data.length + 8, 2);
      socket.write(Buffer.concat([header, data]));
    };
    if (type === PRELOGIN) {
      const head = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]);
      return send(true, head, Buffer.from([16, 0, 0, 0, 0, 0, 2]));
    }
    if (type === LOGIN) return send(true, loginAck, done());
    if (type === ATTENTION) {
      send(true, done());
      return send(true, done(0x20));
    }
    if (type === BULK) return send(true, done(0x10, 2));
    if (type === TRANSACTION)
      return send(true, TRANSACTIONS[body.readUInt16LE(body.readUInt32LE(0))] ?? Buffer.alloc(0), done());
    if (type !== BATCH && type !== RPC) return socket.destroy();
    const text = body.toString('latin1').replaceAll('\0', '');
    if (/missing/.test(text)) return send(true, error(208, "Invalid object name 'missing'."), done(2));
    if (/VALUES \(1\)/.test(text)) return send(true, error(2627, 'Violation of PRIMARY KEY'), done(2));
    if (/WAITFOR/.test(text)) return;
    if (/\0?stmt/.test(text)) return send(true, handle, done());
    if (/slowly/.test(text)) {
      send(false, columns, row(1));
      return void tds.waiting.push(() => send(true, row(2), done(0x10, 2)));
    }
    send(true, ...(/SELECT|EXEC|proc/i.test(text) ? [columns, row(1), row(2)] : []), done(0x10, 2));
  }
  return tds;
}
