import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clientRef, gatewayMessageId, toAddress, type MediaKind, type OutboundMessage } from '#provider-kit';
import { succeeded } from '#platform/outcome';
import { openOnWire, startGateway, type GatewayDouble, type WireReply, type WireRequest } from '../kit/conformance/index.ts';
import { messageIdFor } from './ids.ts';
import { evolution } from './index.ts';
import { fieldsOf, inside } from './payload.ts';
import { gone, healthy, restOf } from './testing.ts';

const address = (raw: string): NonNullable<ReturnType<typeof toAddress>> => {
  const found = toAddress(raw);
  if (!found) throw new Error('no address');
  return found;
};
const text: OutboundMessage = { to: address('5511988887777'), ref: clientRef('m-1'), text: 'ola *mundo*' };

async function* bytes(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
const media = (kind: MediaKind, caption = ''): OutboundMessage => ({
  ...text,
  text: caption,
  media: {
    media: kind,
    mimeType: 'text/plain',
    fileName: 'a.txt',
    sizeBytes: null,
    open: () => Promise.resolve(succeeded(bytes('h', 'el', 'lo'))),
  },
});

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.answer(healthy));
afterAll(() => gateway.close());

const session = (externalId = 'instance-1') => openOnWire(evolution, gateway.baseUrl, { externalId }).session;
const lastJson = (): Readonly<Record<string, unknown>> => inside(gateway.journal.at(-1)?.json);
/** The healthy gateway, with other answers for some of its paths, given one by one, the last for ever. Gives the requests since. */
function answering(replies: Readonly<Record<string, readonly WireReply[]>>): () => readonly WireRequest[] {
  const start = gateway.journal.length;
  const left = new Map(Object.entries(replies).map(([path, list]) => [path, [...list]]));
  gateway.answer((request) => {
    const [, queue] = [...left].find(([path]) => request.path.startsWith(path)) ?? [];
    return (queue && (queue.length > 1 ? queue.shift() : queue[0])) ?? healthy(request);
  });
  return () => gateway.journal.slice(start);
}
const bad = (...message: readonly unknown[]): WireReply => ({
  status: 400,
  json: { status: 400, error: 'Bad Request', response: { message } },
});

describe('sending', () => {
  test('each attempt of one message asks for the same WhatsApp id, another message for another (RL-10)', async () => {
    gateway.answer(healthy);
    await session().send(text);
    const first = lastJson()['messageId'];
    await session().send(text);
    expect(lastJson()['messageId']).toBe(first);
    expect(first).toMatch(/^3EB0[0-9A-F]{18}$/);
    expect(messageIdFor(clientRef('m-2'))).not.toBe(first);
  });

  test('the id that counts is the one the server answered with', async () => {
    gateway.answer(healthy);
    expect(await session().send(text)).toEqual({ ok: true, value: { id: '3EB02ED8E5FE71D97ECD3B' } });
  });

  test('a server that refuses the id gets the message without it, and is not asked again', async () => {
    const seen = answering({ '/message/sendText': [bad(['instance.messageId is not of a type(s) string']), restOf('sendText')] });
    const one = session();
    expect(await one.send(text)).toMatchObject({ ok: true });
    expect(await one.send(text)).toMatchObject({ ok: true });
    expect(seen().map((request) => 'messageId' in inside(request.json))).toEqual([true, false, false]);
  });

  test('a file travels in the body as bare base64, with its name, type and caption', async () => {
    gateway.answer(healthy);
    await session().send({ ...media('document', 'c'), quoted: { id: gatewayMessageId('3EB0Q'), fromMe: true, chat: text.to } });
    expect(gateway.journal.at(-1)?.path).toBe('/message/sendMedia/instance-1');
    expect(lastJson()).toEqual({
      number: '5511988887777',
      messageId: messageIdFor(text.ref),
      quoted: { key: { id: '3EB0Q', remoteJid: '5511988887777@s.whatsapp.net', fromMe: true } },
      mediatype: 'document',
      mimetype: 'text/plain',
      fileName: 'a.txt',
      caption: 'c',
      media: 'aGVsbG8=',
    });
  });

  test('a voice note is sent as one, without a caption, and a sticker as a sticker', async () => {
    gateway.answer(healthy);
    await session().send(media('voice', 'nowhere to show this'));
    expect(gateway.journal.at(-1)?.path).toBe('/message/sendWhatsAppAudio/instance-1');
    expect(lastJson()).toEqual({ number: '5511988887777', messageId: messageIdFor(text.ref), encoding: true, audio: 'aGVsbG8=' });
    await session().send(media('sticker'));
    expect(gateway.journal.at(-1)?.path).toBe('/message/sendSticker/instance-1');
  });

  test('LIDs and groups are addressed as they are, and instance names are encoded', async () => {
    gateway.answer(healthy);
    await session('loja/centro 1').send({ ...text, to: address('123456789012345@lid') });
    expect(gateway.journal.at(-1)?.path).toBe('/message/sendText/loja%2Fcentro%201');
    expect(lastJson()['number']).toBe('123456789012345@lid');
    await session().send({ ...text, to: address('120363000000000001@g.us') });
    expect(lastJson()['number']).toBe('120363000000000001@g.us');
  });
});

describe('pairing', () => {
  const qr = { base64: 'data:image/png;base64,iVBORw0KGgo=', code: '2@x', pairingCode: null };

  test.each([
    ['a QR', { ...qr, count: 1 }, { step: 'show-qr', qr: qr.base64, expiresInSeconds: 20 }],
    ['a QR nested by older versions', { qrcode: { ...qr, count: 1 } }, { step: 'show-qr', qr: qr.base64, expiresInSeconds: 20 }],
    ['nothing yet', { count: 0 }, { step: 'wait', pollInSeconds: 2 }],
    ['something that is no picture', { base64: 'data:text/html,<script>' }, { step: 'wait', pollInSeconds: 2 }],
    ['an open session', { instance: { instanceName: 'instance-1', state: 'open' } }, { step: 'done' }],
  ])('answered with %s, it says what to show', async (_, json, value) => {
    answering({ '/instance/connect': [{ json }] });
    expect(await session().connect({})).toEqual({ ok: true, value });
  });

  test('with a phone it waits for the code, and shows it', async () => {
    const seen = answering({
      '/instance/connect': [{ json: { ...qr, count: 1 } }, { json: { ...qr, pairingCode: 'ABCD1234', count: 1 } }],
    });
    expect(await session().connect({ phone: '5511988887777' })).toEqual({ ok: true, value: { step: 'wait', pollInSeconds: 2 } });
    expect(await session().connect({ phone: '5511988887777' })).toMatchObject({ value: { step: 'show-code', code: 'ABCD1234' } });
    expect(seen().at(0)?.path).toBe('/instance/connect/instance-1?number=5511988887777');
  });

  test('a socket that was opened for a QR is opened anew for the code', async () => {
    const seen = answering({
      '/instance/connect': [{ json: { ...qr, count: 3 } }, { json: { ...qr, pairingCode: 'ABCD1234', count: 1 } }],
    });
    expect(await session().connect({ phone: '5511988887777' })).toMatchObject({ value: { step: 'show-code', code: 'ABCD1234' } });
    expect(seen().map((request) => request.method)).toEqual(['GET', 'DELETE', 'GET']);
  });

  test('an error inside a 200 is a failure', async () => {
    answering({ '/instance/connect': [{ json: { error: true, message: 'Error: something broke' } }] });
    expect(await session().connect({})).toMatchObject({ ok: false, failure: { detail: 'Evolution answered 200: Error: something broke' } });
  });
});

describe('steering', () => {
  test('a report joins the live state with the account', async () => {
    answering({
      '/instance/fetchInstances': [{ json: [{ ...fieldsOf((restOf('fetchInstances').json as unknown[])[0]), name: 'instance-1' }] }],
    });
    expect(await session().report()).toEqual({
      ok: true,
      value: { state: 'connected', action: 'none', phone: '5511900000000', profileName: 'Fake' },
    });
  });

  test.each([
    [restOf('state-connecting'), { state: 'connecting', action: 'wait' }],
    [{ json: { instance: { state: 'close' } } }, { state: 'disconnected', action: 'pair-again' }],
    [{ json: { instance: {} } }, { state: 'unknown' }],
    [gone, { state: 'removed' }],
  ])('a report says what the state means (case %#)', async (reply, value) => {
    answering({ '/instance/connectionState': [reply], '/instance/fetchInstances': [{ status: 500, json: {} }] });
    expect(await session().report()).toMatchObject({ ok: true, value });
  });

  test('a server that cannot be reached gives no report', async () => {
    answering({ '/instance/connectionState': ['drop'] });
    expect(await session().report()).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
  });

  test('logging out what is closed or gone is done, anything else is not', async () => {
    answering({ '/instance/logout': [restOf('logout-when-closed'), gone, { status: 500, json: {} }] });
    expect(await session().logOut()).toEqual({ ok: true, value: undefined });
    expect(await session().logOut()).toEqual({ ok: true, value: undefined });
    expect(await session().logOut()).toMatchObject({ ok: false });
  });

  test('an instance that must be disconnected first is logged out and then deleted', async () => {
    const seen = answering({
      '/instance/delete': [bad('The "instance-1" instance needs to be disconnected'), { json: { status: 'SUCCESS' } }],
    });
    expect(await session().remove()).toEqual({ ok: true, value: undefined });
    expect(seen().map((request) => request.path)).toEqual([
      '/instance/delete/instance-1',
      '/instance/logout/instance-1',
      '/instance/delete/instance-1',
    ]);
  });

  test('the 404 of a proxy does not count as removed', async () => {
    answering({ '/instance/delete': [{ status: 404, body: '404 page not found' }] });
    expect(await session().remove()).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
  });

  test('restarting a closed instance says that it is not connected', async () => {
    answering({ '/instance/restart': [{ json: { error: true, message: 'Error: The "instance-1" instance is not connected' } }] });
    expect(await session().restart?.()).toMatchObject({ ok: false, failure: { kind: 'not-connected' } });
  });

  test('the webhook always names its events, and older versions get only those they know', async () => {
    const seen = answering({
      '/webhook/set': [bad(['webhook.events[11] is not one of enum values: APPLICATION_STARTUP,CALL']), { status: 201, json: {} }],
    });
    expect(await session().setWebhook({ url: 'https://hub.example.com/hooks/evolution/x' })).toEqual({ ok: true, value: undefined });
    const [first, second] = seen().map((request) => inside(request.json, 'webhook')['events'] as string[]);
    expect(first).toContain('SEND_MESSAGE_UPDATE');
    expect(second).not.toContain('SEND_MESSAGE_UPDATE');
    expect(second).toContain('MESSAGES_UPSERT');
  });
});
