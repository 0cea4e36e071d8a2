import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { asker, startGateway, startReceiver, stopPeers, until } from '../running-peers.fixture.ts';
import type { SandboxGatewayOptions } from './create-sandbox-gateway.ts';

afterEach(stopPeers);

const CHAT = '5511988887777@s.whatsapp.net';

async function connected(options: Partial<SandboxGatewayOptions> = {}) {
  const receiver = await startReceiver();
  const started = await startGateway(options);
  const made = (await started.admin('POST', '/instances', { name: 'Loja', webhook: { url: `${receiver.url}/hook` } })).json as {
    id: string;
    token: string;
  };
  const api = asker(started.url, { 'x-sandbox-key': made.token });
  await started.ui('POST', `/ui/instances/${made.id}/scan`, { phone: '551133334444' });
  await until(() => receiver.ofEvent('connection').length === 1);
  return { ...started, ...made, receiver, api, at: `/instances/${made.id}`, page: `/ui/instances/${made.id}` };
}

describe('instances of the sandbox gateway', () => {
  it('are made, listed and read with the admin key, and read with their own token only', async () => {
    const { admin, url } = await startGateway();
    expect((await admin('GET', '/health')).json).toEqual({ name: 'sandbox-gateway', version: '1' });
    const first = await admin('POST', '/instances', { name: 'A', webhook: { url: 'http://127.0.0.1:9/x' } });
    expect(first.status).toBe(201);
    const { id, token } = first.json as { id: string; token: string };
    const other = (await admin('POST', '/instances', { name: 'B' })).json as { id: string; token: string };
    expect((await admin('GET', '/instances')).json).toEqual([
      { id, name: 'A', state: 'disconnected', phone: null, token },
      { id: other.id, name: 'B', state: 'disconnected', phone: null, token: other.token },
    ]);
    const own = asker(url, { 'x-sandbox-key': token });
    expect((await own('GET', `/instances/${id}`)).json).toEqual({ id, name: 'A', state: 'disconnected', phone: null });
    expect((await own('GET', `/instances/${other.id}`)).status).toBe(401);
    expect((await own('GET', '/instances')).status).toBe(401);
    expect((await own('POST', '/instances', { name: 'C' })).status).toBe(401);
    expect((await own('GET', '/instances/nobody')).status).toBe(401);
    expect((await admin('GET', '/instances/nobody')).status).toBe(404);
    expect((await asker(url, {})('GET', `/instances/${id}`)).status).toBe(401);
    expect((await admin('POST', '/instances', {})).status).toBe(400);
    expect((await admin('DELETE', `/instances/${id}`)).status).toBe(200);
    expect((await admin('GET', '/instances')).json).toHaveLength(1);
  });

  it('pair by QR or by code, restart and log out, and tell each step', async () => {
    const receiver = await startReceiver();
    const { admin, ui } = await startGateway();
    const { id, token } = (await admin('POST', '/instances', { name: 'A' })).json as { id: string; token: string };
    await admin('PUT', `/instances/${id}/webhook`, { url: receiver.url });
    const qr = (await admin('POST', `/instances/${id}/connect`)).json as { state: string; qr: string };
    expect(qr.state).toBe('pairing');
    const png = Buffer.from(qr.qr.replace('data:image/png;base64,', ''), 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const data = png.indexOf('IDAT');
    expect(inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4))).length).toBe(222 * 29);
    expect((await admin('POST', `/instances/${id}/connect`, { phone: '551133334444' })).json).toMatchObject({
      state: 'pairing',
      code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
    });
    expect((await admin('POST', `/instances/${id}/connect`, { phone: 'x' })).status).toBe(400);
    await ui('POST', `/ui/instances/${id}/scan`);
    expect((await admin('POST', `/instances/${id}/connect`)).json).toMatchObject({ state: 'connected' });
    await admin('POST', `/instances/${id}/restart`);
    await until(() => receiver.received.length === 5);
    await admin('POST', `/instances/${id}/logout`);
    await until(() => receiver.received.length === 6);
    expect(receiver.received.map(({ body }) => String(body['state'])).sort((a, b) => a.localeCompare(b))).toEqual([
      'connected',
      'connected',
      'disconnected',
      'logged-out',
      'pairing',
      'pairing',
    ]);
    expect(receiver.received[0]?.body).toMatchObject({ event: 'connection', instance: id, token });
    expect((await ui('GET', '/ui/instances')).json).toMatchObject({ payload: [{ id, state: 'logged-out' }] });
  });
});

describe('sending through the sandbox gateway', () => {
  it('is accepted, echoed with its reference, and followed by its receipts', async () => {
    const { api, at, id, token, receiver } = await connected();
    const sent = await api('POST', `${at}/messages`, { to: CHAT, ref: 'ref-1', text: 'olá', quotedId: 'Q1' });
    expect(sent.status).toBe(201);
    const messageId = (sent.json as { id: string }).id;
    await until(() => receiver.ofEvent('receipt').length === 2);
    expect(receiver.ofEvent('message')[0]?.body).toEqual({
      event: 'message',
      instance: id,
      token,
      message: {
        id: messageId,
        chat: CHAT,
        fromMe: true,
        viaApi: true,
        ref: 'ref-1',
        at: expect.any(Number),
        kind: 'text',
        text: 'olá',
        quotedId: 'Q1',
      },
    });
    expect(receiver.ofEvent('receipt').map(({ body }) => [body['receipt'], body['ids']])).toEqual(
      expect.arrayContaining([
        ['sent', [messageId]],
        ['delivered', [messageId]],
      ]),
    );
    expect((await api('GET', `${at}/messages?ref=ref-1`)).json).toEqual([{ id: messageId }]);
    expect((await api('GET', `${at}/messages?ref=other`)).json).toEqual([]);
    expect((await api('GET', `${at}/messages`)).status).toBe(400);
  });

  it('is not idempotent: the same reference twice makes two messages', async () => {
    const { api, at } = await connected();
    await api('POST', `${at}/messages`, { to: CHAT, ref: 'r', text: 'a' });
    await api('POST', `${at}/messages`, { to: CHAT, ref: 'r', text: 'a' });
    expect((await api('GET', `${at}/messages?ref=r`)).json).toHaveLength(2);
  });

  it('keeps a file byte for byte', async () => {
    const { api, at, url, token, page, ui } = await connected();
    const bytes = Buffer.from([0, 255, 10, 13, 7]);
    await api('POST', `${at}/messages`, {
      to: CHAT,
      ref: 'r',
      media: { kind: 'image', mimeType: 'image/png', fileName: 'é.png', base64: bytes.toString('base64') },
    });
    const shown = (await ui('GET', `${page}/chats/${CHAT}/messages`)).json as {
      payload: { kind: string; media: { id: string; sizeBytes: number } }[];
    };
    expect(shown.payload[0]).toMatchObject({ kind: 'image', media: { sizeBytes: 5, fileName: 'é.png' } });
    const path = `/media/${shown.payload[0]?.media.id ?? ''}`;
    const answer = await fetch(`${url}${at}${path}`, { headers: { 'x-sandbox-key': token } });
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect((await fetch(`${url}${page}${path}`, { headers: { 'x-sandbox-ui': 'ui' } })).status).toBe(200);
    expect((await api('GET', `${at}/media/00`)).status).toBe(404);
  });

  it('is refused when not connected, for a stranger, for nonsense, and for a failing contact', async () => {
    const { api, at, url, gateway } = await connected({ notOnWhatsApp: ['5511000000000'] });
    const send = async (to: string, rest: object = { text: 'x' }) => api('POST', `${at}/messages`, { to, ref: 'r', ...rest });
    expect(await send('5511000000000@s.whatsapp.net')).toMatchObject({ status: 422, json: { error: 'not on whatsapp' } });
    expect((await send('nonsense')).status).toBe(400);
    expect((await send(CHAT, {})).status).toBe(400);
    await asker(url, {})('PUT', '/__numbers', { notOnWhatsApp: ['5511988887777'] });
    expect((await send(CHAT)).status).toBe(422);
    await asker(url, {})('PUT', '/__numbers', { notOnWhatsApp: [] });
    gateway.faults.set({ failingContacts: ['5511988887777'] });
    expect((await send(CHAT)).status).toBe(500);
    gateway.faults.set({ failingContacts: [] });
    await api('POST', `${at}/logout`);
    expect(await send(CHAT)).toMatchObject({ status: 409, json: { error: 'not connected' } });
    expect(gateway.journal.after(0, 100)).toEqual([]);
  });
});

describe('the phone of the sandbox gateway', () => {
  it('types as a customer, in a group and on the own phone; every kind arrives as it was typed', async () => {
    const { ui, page, receiver } = await connected();
    const type = (chat: string, message: object) => ui('POST', `${page}/chats/${chat}/messages`, message);
    const first = await type('+5511988887777', { text: 'oi', name: 'Maria', lid: '777@lid' });
    expect(first.status).toBe(201);
    const { id } = first.json as { id: string };
    await type(CHAT, { kind: 'voice', media: { mimeType: 'audio/ogg', fileName: 'v.ogg', base64: 'T2dn' }, quotedId: id });
    await type(CHAT, { kind: 'edit', targetId: id, text: 'oi!' });
    await type(CHAT, { kind: 'reaction', targetId: id, emoji: '👍', fromMe: true });
    await type(CHAT, { kind: 'removal', targetId: id });
    await type(CHAT, { text: 'do celular', fromMe: true });
    await type('123-456@g.us', { text: 'grupo', group: { id: '123-456@g.us', name: 'Equipe' }, author: { address: CHAT, name: 'Maria' } });
    await until(() => receiver.ofEvent('message').length === 7);
    const messages = receiver.ofEvent('message').map(({ body }) => body['message'] as Record<string, unknown>);
    const ofKind = (kind: string) => messages.find((message) => message['kind'] === kind);
    expect(messages.find((message) => message['id'] === id)).toEqual({
      id,
      chat: CHAT,
      lid: '777@lid',
      name: 'Maria',
      fromMe: false,
      viaApi: false,
      at: expect.any(Number),
      kind: 'text',
      text: 'oi',
    });
    expect(ofKind('voice')).toMatchObject({ media: { mimeType: 'audio/ogg', fileName: 'v.ogg', sizeBytes: 3 }, quotedId: id });
    expect(ofKind('edit')).toMatchObject({ targetId: id, text: 'oi!' });
    expect(ofKind('reaction')).toMatchObject({ targetId: id, emoji: '👍', fromMe: true, viaApi: false });
    expect(ofKind('removal')).toMatchObject({ targetId: id });
    expect(messages.find((message) => message['text'] === 'grupo')).toMatchObject({
      chat: '123-456@g.us',
      group: { name: 'Equipe' },
      author: { address: CHAT },
    });
    expect((await ui('GET', `${page}/chats/${CHAT}/messages`)).json).toMatchObject({
      payload: [{ id, text: 'oi!', edited: true, removed: true, reactions: { me: '👍' } }, {}, {}, {}, {}, {}],
    });
    expect((await ui('GET', `${page}/chats`)).json).toMatchObject({ payload: [{ chat: '123-456@g.us' }, { chat: CHAT, name: 'Maria' }] });
    expect((await type('nonsense', { text: 'x' })).status).toBe(400);
    expect((await type(CHAT, { kind: 'nonsense' })).status).toBe(400);
    await ui('POST', `${page}/unlink`);
    expect((await type(CHAT, { text: 'x' })).status).toBe(409);
  });

  it('shows on the page what a later message did to an earlier one', async () => {
    const { ui, page, url } = await connected();
    const { id } = (await ui('POST', `${page}/chats/${CHAT}/messages`, { text: 'oi' })).json as { id: string };
    const stream = await fetch(`${url}/ui/events`, { headers: { 'x-sandbox-ui': 'ui' } });
    const reader = stream.body?.getReader();
    await ui('POST', `${page}/chats/${CHAT}/messages`, { kind: 'reaction', targetId: id, emoji: '👍' });
    let text = '';
    for (let round = 0; round < 10 && !text.includes('"reactions"'); round += 1)
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    await reader?.cancel();
    expect(text).toContain(`"reactions":{"${CHAT}":"👍"}`);
  });

  it('reads: one receipt for all that was unread, and never twice', async () => {
    const { api, at, ui, page, receiver } = await connected({ receipts: null, echoSends: false });
    const ids: string[] = [];
    for (const text of ['a', 'b'])
      ids.push(((await api('POST', `${at}/messages`, { to: CHAT, ref: text, text })).json as { id: string }).id);
    await ui('POST', `${page}/chats/${CHAT}/read`);
    await ui('POST', `${page}/chats/${CHAT}/read`);
    await ui('POST', `${page}/messages/${ids[0] ?? ''}/receipt`, { receipt: 'delivered' });
    await ui('POST', `${page}/messages/${ids[1] ?? ''}/receipt`, { receipt: 'failed' });
    await until(() => receiver.ofEvent('receipt').length === 2);
    expect(receiver.ofEvent('receipt').map(({ body }) => [body['receipt'], body['ids']])).toEqual(
      expect.arrayContaining([
        ['read', ids],
        ['failed', [ids[1]]],
      ]),
    );
    expect(receiver.ofEvent('message')).toEqual([]);
    expect((await ui('POST', `${page}/messages/nobody/receipt`, { receipt: 'read' })).status).toBe(404);
  });
});

describe("the sandbox gateway's webhooks", () => {
  it('are retried until they arrive', async () => {
    const { api, at, receiver } = await connected({ receipts: null });
    receiver.state.status = 503;
    await api('POST', `${at}/messages`, { to: CHAT, ref: 'r', text: 'a' });
    await until(() => receiver.ofEvent('message').length === 2);
    receiver.state.status = 200;
    await until(() => receiver.ofEvent('message').length === 3);
  });

  it('are given up after the last attempt', async () => {
    const { api, at, receiver, url } = await connected({ receipts: null });
    receiver.state.status = 500;
    await api('POST', `${at}/messages`, { to: CHAT, ref: 'r', text: 'a' });
    await until(() => receiver.ofEvent('message').length === 5);
    for (let round = 0; round < 50; round += 1) {
      if (((await asker(url, {})('GET', '/__control')).json as { webhooks: { failed: number } }).webhooks.failed === 1) return;
    }
    throw new Error('it was not given up');
  });

  it('overtake each other, unless they are ordered', async () => {
    const delayed = { webhooks: { lost: 0, repeated: 0, delayMs: 15 }, seed: 3 };
    const order = async (ordered: boolean): Promise<number[]> => {
      const { ui, page, receiver, gateway } = await connected({ ordered });
      gateway.faults.set(delayed);
      for (let count = 0; count < 12; count += 1) await ui('POST', `${page}/chats/${CHAT}/messages`, { text: String(count) });
      await until(() => receiver.ofEvent('message').length === 12);
      return receiver.ofEvent('message').map(({ body }) => Number((body['message'] as { text: string }).text));
    };
    const sorted = Array.from({ length: 12 }, (_, index) => index);
    expect(await order(true)).toEqual(sorted);
    const free = await order(false);
    expect(free).not.toEqual(sorted);
    expect(free.sort((a, b) => a - b)).toEqual(sorted);
  });
});

describe("the sandbox gateway's memory", () => {
  it('survives a restart: instances, messages, references, files, and receipts that were due', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const files = { stateFile: join(directory, 'state.jsonl'), journalFile: join(directory, 'journal.jsonl') };
    const first = await connected({ ...files, receipts: { sentAfterMs: 10_000, deliveredAfterMs: 10_000 } });
    const sent = await first.api('POST', `${first.at}/messages`, {
      to: CHAT,
      ref: 'r',
      media: { kind: 'document', mimeType: 'text/plain', fileName: 'a', base64: 'b2k=' },
    });
    await first.stop();
    expect(readFileSync(files.journalFile, 'utf8')).toContain('"ref":"r"');

    const second = await startGateway(files);
    await until(() => first.receiver.ofEvent('receipt').length === 2);
    const api = asker(second.url, { 'x-sandbox-key': first.token });
    expect((await api('GET', first.at)).json).toMatchObject({ state: 'connected', phone: '551133334444' });
    expect((await api('GET', `${first.at}/messages?ref=r`)).json).toEqual([sent.json]);
    const shown = (await second.ui('GET', `${first.page}/chats/${CHAT}/messages`)).json as { payload: { media: { id: string } }[] };
    const file = await fetch(`${second.url}${first.at}/media/${shown.payload[0]?.media.id ?? ''}`, {
      headers: { 'x-sandbox-key': first.token },
    });
    expect(await file.text()).toBe('oi');
  });

  it('is bounded: the oldest files and messages are dropped', async () => {
    const { api, at, ui, page, url } = await connected({ maxFileBytes: 10, maxMessages: 3, receipts: null });
    const send = (rest: object) => api('POST', `${at}/messages`, { to: CHAT, ...rest });
    await send({ ref: 'old', media: { kind: 'image', mimeType: 'image/png', fileName: 'a', base64: Buffer.alloc(6).toString('base64') } });
    await send({ ref: 'new', media: { kind: 'image', mimeType: 'image/png', fileName: 'b', base64: Buffer.alloc(6).toString('base64') } });
    const shown = (await ui('GET', `${page}/chats/${CHAT}/messages`)).json as { payload: { media: { id: string } }[] };
    const statuses: number[] = [];
    for (const { media } of shown.payload) {
      statuses.push((await fetch(`${url}${page}/media/${media.id}`, { headers: { 'x-sandbox-ui': 'ui' } })).status);
    }
    expect(statuses).toEqual([404, 200]);
    for (const ref of ['1', '2']) await send({ ref, text: ref });
    expect((await api('GET', `${at}/messages?ref=old`)).json).toEqual([]);
    expect((await ui('GET', `${page}/chats/${CHAT}/messages`)).json).toMatchObject({
      payload: [{ ref: 'new' }, { ref: '1' }, { ref: '2' }],
    });
  });
});
