import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { followEvents, readEvents } from './event-stream.ts';
import type { StreamEvent } from './event-stream.ts';
import { fetchEventSource } from './fetch-event-source.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function streamOf(...chunks: readonly string[]): ReadableStream<Uint8Array> {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  return new ReadableStream({
    pull(controller) {
      const next = bytes.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
}

async function all(body: ReadableStream<Uint8Array>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test('an event is read whole, wherever the network cuts it', async () => {
  const text = ': open\n\nevent: message_created\nid: 7\ndata: {"a":1,\ndata: "b":2}\n\ndata: second\r\n\r\n';
  const whole = await all(streamOf(text));
  expect(whole).toEqual([
    { type: 'message_created', data: '{"a":1,\n"b":2}', lastEventId: '7' },
    { type: 'message', data: 'second', lastEventId: '7' },
  ]);
  expect(await all(streamOf(...text))).toEqual(whole);
});

test('an event that the stream broke off is not told', async () => {
  expect(await all(streamOf('data: whole\n\ndata: half'))).toEqual([{ type: 'message', data: 'whole', lastEventId: '' }]);
});

test('a broken stream is opened again and says which event was the last', async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.headers['last-event-id'] as string | undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`id: ${asked.length}\ndata: ${asked.length}\n\n`);
    if (asked.length === 1) response.end();
  });
  const Source = fetchEventSource((address, init) =>
    fetch(address, { ...init, headers: { ...(init?.headers as Record<string, string>), authorization: 'Bearer x' } }),
  );
  const source = new Source(url);
  closing.push(() => source.close());
  const heard: string[] = [];
  await new Promise<void>((resolve) => {
    source.addEventListener('message', (event) => {
      heard.push(String((event as MessageEvent).data));
      if (heard.length === 2) resolve();
    });
  });
  expect(heard).toEqual(['1', '2']);
  expect(asked).toEqual([undefined, '1']);
});

test('a refused stream is not asked for again', async () => {
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(401).end();
  });
  const gone: string[] = [];
  await followEvents({
    open: (signal) => fetch(url, { signal }),
    onOpen: () => gone.push('open'),
    onEvent: () => gone.push('event'),
    onGone: (how) => gone.push(how),
    signal: new AbortController().signal,
  });
  expect([asked, ...gone]).toEqual([1, 'refused']);
});
