import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../listen.ts';
import { asker, startReceiver, stopPeers, until } from '../running-peers.fixture.ts';
import { createEvolutionDouble } from './evolution-double.ts';
import type { GatewayDoubleOptions } from './dialect.ts';
import type { GatewayDouble } from './gateway-double.ts';
import { sampleFiles } from './sample-files.ts';
import { createUazapiDouble } from './uazapi-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await stopPeers();
  for (const close of closing.splice(0)) await close();
});

async function start(create: (options: GatewayDoubleOptions) => GatewayDouble, options: Partial<GatewayDoubleOptions> = {}) {
  let url = '';
  const double = create({
    adminKey: 'admin',
    baseUrl: () => url,
    uiKey: 'ui',
    receipts: { sentAfterMs: 1, deliveredAfterMs: 15 },
    ...options,
  });
  const running = await listen(double.handle);
  url = running.url;
  closing.push(async () => {
    await running.close();
    await double.close();
  });
  return { url, double };
}

const dataUri = (mimeType: string, bytes: Buffer): string => `data:${mimeType};base64,${bytes.toString('base64')}`;

describe('the double of uazapiGO', () => {
  async function connected(options: Partial<GatewayDoubleOptions> = {}, name = 'loja') {
    const receiver = await startReceiver();
    const { url, double } = await start(createUazapiDouble, options);
    const admin = asker(url, { admintoken: 'admin' });
    const made = (await admin('POST', '/instance/create', { name })).json as { token: string; instance: { id: string } };
    const api = asker(url, { token: made.token });
    await api('POST', '/webhook', {
      action: 'add',
      enabled: true,
      url: receiver.url,
      events: ['messages', 'messages_update', 'connection'],
    });
    double.scan(name, '551133334444');
    await until(() => receiver.received.length === 1);
    return { url, double, admin, api, receiver, token: made.token };
  }

  it('tells a missing credential from a wrong one, for the server and for an instance', async () => {
    const { url } = await start(createUazapiDouble);
    expect((await asker(url, {})('GET', '/instance/all')).status).toBe(401);
    expect((await asker(url, { admintoken: 'other' })('GET', '/instance/all')).status).toBe(403);
    expect((await asker(url, { token: 'nobody' })('GET', '/instance/status')).json).toEqual({ error: 'Invalid token' });
  });

  it('pairs by QR or by code and shows both in the status', async () => {
    const { url } = await start(createUazapiDouble);
    const { token } = (await asker(url, { admintoken: 'admin' })('POST', '/instance/create', { name: 'a' })).json as { token: string };
    const api = asker(url, { token });
    expect((await api('POST', '/instance/connect', {})).json).toMatchObject({
      connected: false,
      instance: { status: 'connecting', qrcode: expect.stringMatching(/^data:image\/png;base64,/) },
    });
    await api('POST', '/instance/connect', { phone: '551133334444' });
    expect((await api('GET', '/instance/status')).json).toMatchObject({
      instance: { paircode: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/) },
    });
  });

  it('keeps other people’s webhooks when ours is added, and writes over all in the short form', async () => {
    const { api } = await connected();
    await api('POST', '/webhook', { action: 'add', url: 'http://127.0.0.1:9/other', events: [] });
    expect((await api('GET', '/webhook')).json).toHaveLength(2);
    await api('POST', '/webhook', { url: 'http://127.0.0.1:9/short', events: [] });
    expect((await api('GET', '/webhook')).json).toMatchObject([{ url: 'http://127.0.0.1:9/short' }]);
  });

  it('journals what is sent with the decoded file, gives the reference back, and tells of the send and its ticks', async () => {
    const { api, double, receiver, token } = await connected();
    const sent = await api('POST', '/send/media', {
      number: '5511988887777',
      type: 'ptt',
      file: dataUri('audio/ogg', sampleFiles.ogg.bytes),
      track_id: 'ref-1',
      track_source: 'hub',
      replyid: 'ABC',
    });
    const { messageid } = sent.json as { messageid: string };
    expect(double.sent('loja')).toMatchObject([
      {
        id: messageid,
        chat: '5511988887777@s.whatsapp.net',
        kind: 'voice',
        ref: 'ref-1',
        quotedId: 'ABC',
        file: { sizeBytes: sampleFiles.ogg.bytes.length },
      },
    ]);
    expect(double.journal.after(0, 10)).toMatchObject([
      { kind: 'sent', id: messageid, ref: 'ref-1', hash: double.sent('loja')[0]?.file?.sha256 },
    ]);
    expect((await api('POST', '/message/find', { track_id: 'ref-1' })).json).toMatchObject({
      messages: [{ messageid, track_source: 'hub' }],
    });
    expect((await api('POST', '/message/find', { track_id: 'ref-2' })).json).toMatchObject({ messages: [] });
    await until(() => receiver.received.length === 4);
    expect(receiver.received.map(({ body, headers }) => [headers['user-agent'], body['EventType'], body['state'], body['token']])).toEqual(
      expect.arrayContaining([
        ['uazapiGO-Webhook/1.0', 'messages', undefined, token],
        ['uazapiGO-Webhook/1.0', 'messages_update', 'Sent', token],
        ['uazapiGO-Webhook/1.0', 'messages_update', 'Delivered', token],
      ]),
    );
  });

  it('gives the file of a message that is kept or captured through a link, and of no other', async () => {
    const { api, double } = await connected();
    double.keepFile('MINE', sampleFiles.png);
    for (const [id, file] of [
      ['MINE', sampleFiles.png],
      ['551133334444:AC3D4FE37D20ED8957FACCDAD9368A4A', sampleFiles.jpeg],
    ] as const) {
      const { fileURL, mimetype } = (await api('POST', '/message/download', { id, return_link: true })).json as {
        fileURL: string;
        mimetype: string;
      };
      expect(mimetype).toBe(file.mimeType);
      expect(Buffer.from(await (await fetch(fileURL)).arrayBuffer()).equals(file.bytes)).toBe(true);
    }
    expect((await api('POST', '/message/download', { id: 'OTHER' })).status).toBe(404);
  });

  it('refuses as the real one: not connected, not on WhatsApp, a planned fault', async () => {
    const { api, double } = await connected({ notOnWhatsApp: ['5511900000009'] });
    const send = (number: string) => api('POST', '/send/text', { number, text: 'oi' });
    expect((await send('5511900000009')).json).toEqual({ error: expect.stringMatching(/not on WhatsApp/) });
    double.faults.set({ failingContacts: ['5511900000008'] });
    expect((await send('5511900000008')).status).toBe(500);
    double.faults.set({ paths: [{ path: '/send/text', status: 503, retryAfterSeconds: 7, times: 1 }] });
    expect((await send('5511988887777')).headers.get('retry-after')).toBe('7');
    await api('POST', '/instance/disconnect', {});
    expect((await send('5511988887777')).json).toEqual({ error: 'WhatsApp client is not connected' });
    expect(double.sent('loja')).toEqual([]);
  });

  it('hands out the token of the captures to an instance made for them, once', async () => {
    const { token, admin, double, receiver } = await connected({}, 'captures-uazapi');
    expect(token).toBe('00000000-0000-4000-8000-000000000001');
    expect((await admin('POST', '/instance/create', { name: 'captures-two' })).json).not.toMatchObject({ token });
    // A whole body stays as it was captured.
    double.emit('captures-uazapi', { EventType: 'messages', instanceName: 'loja01', owner: '5511990000001' });
    await until(() => receiver.received.length === 2);
    expect(receiver.received[1]?.body).toMatchObject({ instanceName: 'loja01', owner: '5511990000001', token });
  });
});

describe('the double of Evolution API', () => {
  const recorded = (name: string): { readonly status: number; readonly response: unknown } =>
    JSON.parse(readFileSync(new URL(`../../providers/evolution/recorded-answers/${name}.json`, import.meta.url), 'utf8')) as {
      status: number;
      response: unknown;
    };
  const shapeOf = (value: unknown): unknown => {
    const one = Array.isArray(value) ? (value as unknown[])[0] : value;
    return typeof one === 'object' && one !== null ? Object.keys(one) : typeof one;
  };

  async function made(options: Partial<GatewayDoubleOptions> = {}) {
    const receiver = await startReceiver();
    const { url, double } = await start(createEvolutionDouble, options);
    const admin = asker(url, { apikey: 'admin' });
    const webhook = {
      enabled: true,
      url: receiver.url,
      byEvents: false,
      base64: false,
      headers: {},
      events: ['CONNECTION_UPDATE', 'SEND_MESSAGE', 'MESSAGES_UPDATE'],
    };
    const body = { instanceName: 'loja', integration: 'WHATSAPP-BAILEYS', token: 'TOKEN-OF-LOJA', qrcode: false, webhook };
    return {
      url,
      double,
      admin,
      receiver,
      api: asker(url, { apikey: 'TOKEN-OF-LOJA' }),
      created: await admin('POST', '/instance/create', body),
      body,
    };
  }

  it('answers with the fields of the recorded server', async () => {
    const { double, admin, api, created } = await made();
    double.scan('loja', '551133334444');
    expect(created.status).toBe(recorded('create-baileys').status);
    expect(created.json).toMatchObject({ hash: 'TOKEN-OF-LOJA', instance: { instanceName: 'loja' } });
    expect(shapeOf((await api('GET', '/instance/connectionState/loja')).json)).toEqual(shapeOf(recorded('state-open').response));
    expect(shapeOf(recorded('fetchInstances').response)).toEqual(
      expect.arrayContaining(shapeOf((await admin('GET', '/instance/fetchInstances')).json) as string[]),
    );
    const sent = await api('POST', '/message/sendText/loja', { number: '5511988887777', text: 'oi' });
    expect(sent.status).toBe(recorded('sendText').status);
    expect((shapeOf(sent.json) as string[]).toSorted()).toEqual((shapeOf(recorded('sendText').response) as string[]).toSorted());
    expect(shapeOf((await api('POST', '/chat/findMessages/loja', {})).json)).toEqual(shapeOf(recorded('findMessages').response));
  });

  it('looks for the instance before the key, and refuses a taken name', async () => {
    const { url, admin, body } = await made();
    const stranger = asker(url, { apikey: 'other' });
    expect((await stranger('GET', '/instance/connectionState/nobody')).status).toBe(404);
    expect((await stranger('GET', '/instance/connectionState/loja')).json).toEqual(recorded('err-401').response);
    expect((await admin('POST', '/instance/create', body)).status).toBe(recorded('err-duplicate-name').status);
    expect((await stranger('POST', '/instance/create', body)).status).toBe(401);
  });

  it('gives a code only to a socket that was opened with the number', async () => {
    const { api } = await made();
    expect((await api('GET', '/instance/connect/loja')).json).toMatchObject({ pairingCode: null, count: 1 });
    expect((await api('GET', '/instance/connect/loja?number=551133334444')).json).toMatchObject({ pairingCode: null, count: 2 });
    await api('DELETE', '/instance/logout/loja');
    expect((await api('GET', '/instance/connect/loja?number=551133334444')).json).toMatchObject({
      pairingCode: expect.stringMatching(/^[A-Z0-9]{8}$/),
    });
    await api('DELETE', '/instance/logout/loja');
    expect((await api('DELETE', '/instance/logout/loja')).status).toBe(400);
  });

  it('journals what is sent, keeps the id it is given, and tells only of the events that were asked for', async () => {
    const { double, api, receiver } = await made();
    double.scan('loja', '551133334444');
    const { bytes, mimeType } = sampleFiles.pdf;
    await api('POST', '/message/sendMedia/loja', {
      number: '5511988887777',
      mediatype: 'document',
      mimetype: mimeType,
      fileName: 'a.pdf',
      media: bytes.toString('base64'),
      messageId: '3EB0OURS',
    });
    expect(double.sent('loja')).toMatchObject([{ id: '3EB0OURS', kind: 'document', file: { fileName: 'a.pdf', sizeBytes: bytes.length } }]);
    expect((await api('POST', '/chat/findMessages/loja', { page: 1, offset: 50 })).json).toMatchObject({
      messages: { total: 1, records: [{ key: { id: '3EB0OURS' } }] },
    });
    await until(() => receiver.received.length === 4);
    const events = receiver.received.map(({ body, headers }) => [
      headers['user-agent'],
      body['event'],
      (body['data'] as { status?: string }).status,
    ]);
    expect(events).toEqual(
      expect.arrayContaining([
        ['axios/1.13.2', 'send.message', 'PENDING'],
        ['axios/1.13.2', 'messages.update', 'DELIVERY_ACK'],
      ]),
    );
    expect(double.emit('loja', { event: 'presence.update', data: {} })).toBe(0);
  });

  it('gives files as base64, and errors as the real one: closed, not on WhatsApp, no such message', async () => {
    const { double, api } = await made({ notOnWhatsApp: ['5511900000009'] });
    const send = (number: string) => api('POST', '/message/sendText/loja', { number, text: 'oi' });
    expect((await send('5511988887777')).json).toMatchObject({ status: 400, response: { message: ['Error: Connection Closed'] } });
    double.scan('loja');
    expect((await send('5511900000009')).json).toMatchObject({ response: { message: [{ exists: false }] } });
    const media = (id: string) => api('POST', '/chat/getBase64FromMediaMessage/loja', { message: { key: { id } }, convertToMp4: false });
    expect((await media('3EB0CAP0000000000006')).json).toMatchObject({
      mediaType: 'audioMessage',
      base64: sampleFiles.ogg.bytes.toString('base64'),
    });
    expect((await media('nobody')).status).toBe(recorded('getBase64-notfound').status);
  });

  it('is scanned over HTTP with the page’s key only, and keeps its instances in a file', async () => {
    const stateFile = join(mkdtempSync(join(tmpdir(), 'double-')), 'evolution.jsonl');
    const { url, double } = await made({ stateFile });
    expect((await asker(url, {})('POST', '/ui/instances/loja/scan', {})).status).toBe(401);
    expect((await asker(url, { 'x-sandbox-ui': 'ui' })('POST', '/ui/instances/loja/scan', { phone: '551133334444' })).json).toMatchObject({
      state: 'connected',
    });
    expect(double.instance('loja')).toMatchObject({ phone: '551133334444' });
    await closing.pop()?.();
    const again = await start(createEvolutionDouble, { stateFile });
    expect(again.double.instance('loja')).toMatchObject({ phone: '551133334444', state: 'connected', hooks: [{ enabled: true }] });
  });
});
