import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOnWire, startGateway, type GatewayDouble, type WireReply } from '../kit/conformance/index.ts';
import { evolution } from './index.ts';
import { restOf } from './testing.ts';

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const content = Buffer.from(Array.from({ length: 70_001 }, (_, index) => index % 251));
const answer = {
  mediaType: 'imageMessage',
  fileName: 'foto.jpeg',
  caption: 'a "base64":"trap" \\ ç',
  size: { fileLength: 5 },
  mimetype: 'image/jpeg',
  base64: content.toString('base64'),
  buffer: null,
};
const KEY = { key: { id: 'AC01' } };

async function fetched(source: Readonly<Record<string, unknown>>, replies: Readonly<Record<string, WireReply>>) {
  const start = gateway.journal.length;
  gateway.answer(({ path }) => replies[path] ?? { status: 500, json: {} });
  const outcome = await openOnWire(evolution, gateway.baseUrl).session.fetchMedia(source);
  const requests = gateway.journal.slice(start);
  if (!outcome.ok) return { failure: outcome.failure, requests };
  const chunks: Uint8Array[] = [];
  const body = outcome.value.content;
  if (body instanceof Uint8Array) chunks.push(body);
  else for await (const chunk of body) chunks.push(chunk);
  return { media: outcome.value, bytes: Buffer.concat(chunks), requests };
}

const SERVER = '/chat/getBase64FromMediaMessage/instance-1';

test('the server gives the content of a message, decoded as it comes', async () => {
  const { media, bytes, requests } = await fetched(KEY, { [SERVER]: { status: 201, json: answer } });
  expect(media).toMatchObject({ mimeType: 'image/jpeg', fileName: 'foto.jpeg' });
  expect(bytes?.equals(content)).toBe(true);
  expect(requests[0]?.json).toEqual({ message: { key: { id: 'AC01' } }, convertToMp4: false });
});

test('the official channel is handed its media id again', async () => {
  const source = {
    ...KEY,
    messageType: 'imageMessage',
    message: { imageMessage: { id: '1029', mime_type: 'image/png' } },
    mimeType: 'image/png',
    fileName: 'nota.png',
  };
  const { media, requests } = await fetched(source, { [SERVER]: { status: 201, json: { mediaType: 'imageMessage', base64: 'aGVsbG8=' } } });
  expect(media).toMatchObject({ mimeType: 'image/png', fileName: 'nota.png' });
  expect(requests[0]?.json).toMatchObject({ message: { messageType: 'imageMessage', message: { imageMessage: { id: '1029' } } } });
});

test('content that came along needs no request', async () => {
  const { media, bytes, requests } = await fetched({ ...KEY, base64: 'aGVsbG8=', mimeType: 'text/plain' }, {});
  expect([media?.mimeType, bytes?.toString(), requests.length]).toEqual(['text/plain', 'hello', 0]);
});

test('a stored file is read from its address, without the instance’s key', async () => {
  const { bytes, requests } = await fetched({ ...KEY, url: `${gateway.baseUrl}/bucket/a.bin` }, { '/bucket/a.bin': { body: 'stored' } });
  expect(bytes?.toString()).toBe('stored');
  expect(requests.map(({ headers }) => headers['apikey'])).toEqual([undefined]);
});

test('when the stored file is gone, the server is asked', async () => {
  const { bytes, requests } = await fetched(
    { ...KEY, url: `${gateway.baseUrl}/bucket/a.bin` },
    { '/bucket/a.bin': { status: 403, body: 'expired' }, [SERVER]: { status: 201, json: answer } },
  );
  expect(bytes?.length).toBe(content.length);
  expect(requests).toHaveLength(2);
  const unreachable = await fetched({ ...KEY, url: 'http://127.0.0.1:1/a.bin' }, { [SERVER]: { status: 201, json: answer } });
  expect(unreachable.bytes?.length).toBe(content.length);
});

test('a message that the server does not have is not found, for good', async () => {
  const { failure } = await fetched(KEY, { [SERVER]: restOf('getBase64-notfound') });
  expect(failure).toMatchObject({ kind: 'not-found', retry: 'never', scope: 'message' });
});

test('a source that names nothing is not found either', async () => {
  expect((await fetched({}, {})).failure).toMatchObject({ kind: 'not-found', retry: 'never' });
});

test('an answer without content may be better later', async () => {
  expect((await fetched(KEY, { [SERVER]: { status: 201, json: { mediaType: 'imageMessage' } } })).failure).toMatchObject({
    kind: 'invalid-answer',
    retry: 'later',
  });
});

test('an answer that ends inside the content never passes for whole', async () => {
  await expect(fetched(KEY, { [SERVER]: { status: 201, body: '{"mimetype":"image/png","base64":"aGVsbG8' } })).rejects.toThrow(
    'ended inside',
  );
});
