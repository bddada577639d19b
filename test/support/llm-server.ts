/** A model provider on loopback whose every byte is the test's own: what it answers, how it is split, when it breaks. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export type Answer = (response: ServerResponse, request: Received) => unknown;

export interface LlmServer {
  /** `http://127.0.0.1:port/v1`. */
  readonly url: string;
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly received: readonly Received[];
  /** How every request from now on is answered. */
  answer: Answer;
  /** Fulfilled when a client has gone before its answer was complete. */
  clientGone(): Promise<void>;
  close(): Promise<void>;
}

export async function startLlmServer(answer: Answer = json(chatAnswer())): Promise<LlmServer> {
  const received: Received[] = [];
  const gone = gate();
  const listener: RequestListener = (request, response) => {
    const parts: Buffer[] = [];
    response.on('close', () => !response.writableFinished && gone.open());
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one: Received = { method, path, headers, text: Buffer.concat(parts).toString() };
      received.push(one);
      void server.answer(response, one);
    });
  };
  const http = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: LlmServer = {
    url: `http://${host}/v1`,
    host,
    received,
    answer,
    clientGone: () => gone.opened,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

/** Something one side waits for and the other releases: no test of ours sleeps. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** Each part goes out in a write of its own. */
export const sse =
  (...parts: (string | Uint8Array)[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const part of parts) response.write(part);
    response.end();
  };

/** Sends `parts`, then breaks the connection. */
export const brokenSse =
  (...parts: string[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const part of parts.slice(0, -1)) response.write(part);
    response.write(parts.at(-1) ?? ':\n\n', () => response.socket?.resetAndDestroy());
  };

export const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

export const chatAnswer = (more: object = {}): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hé 🌍' }, finish_reason: 'stop' }],
  usage: USAGE,
  ...more,
});

export const event = (data: unknown): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

export interface ChatStreamOptions {
  readonly words?: readonly string[];
  /** As OpenAI does when asked for usage: null on every chunk, then one with no choices. */
  readonly usage?: object | undefined;
}

/** OpenAI's events of a streamed chat, `[DONE]` included. */
export function chatEvents({ words = ['Hé ', 'du ', '🌍'], usage }: ChatStreamOptions = {}): string[] {
  const chunk = (choices: unknown[], used: unknown): string =>
    event({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'gpt-4o-mini-2024-07-18',
      choices,
      ...(usage !== undefined && { usage: used }),
    });
  const delta = (content: object, finish_reason: string | null = null): string =>
    chunk([{ index: 0, delta: content, logprobs: null, finish_reason }], null);
  return [
    delta({ role: 'assistant', content: '' }),
    ...words.map((content) => delta({ content })),
    delta({}, 'stop'),
    ...(usage === undefined ? [] : [chunk([], usage)]),
    event('[DONE]'),
  ];
}

/** OpenAI itself: sends usage in a stream to those who ask for it. */
export const openaiChat: Answer = (response, request) => {
  const body = JSON.parse(request.text) as { stream?: boolean; stream_options?: { include_usage?: boolean } };
  if (body.stream !== true) return json(chatAnswer())(response, request);
  const asked = body.stream_options?.include_usage === true;
  return sse(...chatEvents({ usage: asked ? USAGE : undefined }))(response, request);
};

const responseObject = (status: string, usage: object | null): object => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status,
  error: null,
  model: 'gpt-4o-mini-2024-07-18',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: '{"ok":true}', annotations: [] }],
    },
  ],
  parallel_tool_calls: true,
  tools: [],
  usage,
});

export const RESPONSE_USAGE = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 10 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 50,
};

export const responseAnswer = (): object => responseObject('completed', RESPONSE_USAGE);

/** OpenAI's events of a streamed response; there is no `[DONE]`. */
export function responseEvents(): string[] {
  const typed = (type: string, more: object): string => `event: ${type}\n${event({ type, ...more })}`;
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  return [
    typed('response.created', {
      sequence_number: 0,
      response: { ...responseObject('in_progress', null), output: [] },
    }),
    typed('response.output_item.added', {
      sequence_number: 1,
      output_index: 0,
      item: { type: 'message', id: 'msg_1', status: 'in_progress', role: 'assistant', content: [] },
    }),
    typed('response.content_part.added', {
      ...at,
      sequence_number: 2,
      part: { type: 'output_text', text: '', annotations: [] },
    }),
    typed('response.output_text.delta', { ...at, sequence_number: 3, delta: '{"ok":', logprobs: [] }),
    typed('response.output_text.delta', { ...at, sequence_number: 4, delta: 'true}', logprobs: [] }),
    typed('response.output_text.done', { ...at, sequence_number: 5, text: '{"ok":true}', logprobs: [] }),
    typed('response.completed', { sequence_number: 6, response: responseAnswer() }),
  ];
}
