import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sampleFiles } from '../../server/src/sandbox/index.ts';
import { NO_FAULTS, openBridge } from './bridge.fixture.ts';
import type { RunningBridge } from './bridge.fixture.ts';
import { openShop } from './shop.fixture.ts';
import type { Shop } from './shop.fixture.ts';
import { fileAt } from '../support/chatwoot-desk.ts';
import type { DeskMessage } from '../support/chatwoot-desk.ts';
import { eventually } from '../support/eventually.ts';
import { startPhones } from '../support/phones.ts';

let running: RunningBridge;
beforeAll(async () => void (running = await openBridge()));
afterEach(() => {
  running.chatwoot.faults.set(NO_FAULTS);
  running.gateway.faults.set(NO_FAULTS);
});
afterAll(async () => running?.close());

const ANA = '5511988887777';
const INCOMING = 0;
const OUTGOING = 1;
const image = sampleFiles.jpeg;

const texts = (messages: readonly DeskMessage[]) => messages.map(({ content }) => content);
const eventuallyShown = (shop: Shop, expected: readonly (string | null)[]): Promise<readonly DeskMessage[]> =>
  eventually(async () => {
    const shown = await shop.shown();
    expect(texts(shown)).toEqual(expected);
    return shown;
  });
const picture = { mimeType: image.mimeType, fileName: image.fileName, base64: image.bytes.toString('base64') };

test('a stranger becomes a contact and a conversation; text, quote and file stand there in order, each once', async () => {
  const shop = await openShop(running);
  const first = await shop.types(ANA, { text: '*Oi*', name: 'Ana' });
  const second = await shop.types(ANA, { text: 'e então?', quotedId: first });
  await shop.types(ANA, { kind: 'image', text: 'a foto', media: picture });
  await shop.types(ANA, { kind: 'voice', media: { mimeType: 'audio/ogg; codecs=opus', fileName: 'nota.ogg', base64: 'T2dnUw==' } });
  const shown = await eventuallyShown(shop, ['**Oi**', 'e então?', 'a foto', '']);
  expect(shown.map(({ message_type }) => message_type)).toEqual([INCOMING, INCOMING, INCOMING, INCOMING]);
  expect(shown[0]?.source_id).toBe(`WAID:${first}`);
  expect(shown[1]).toMatchObject({ source_id: `WAID:${second}`, content_attributes: { in_reply_to: shown[0]?.id } });
  const [file] = shown[2]?.attachments ?? [];
  expect(file).toMatchObject({ file_type: 'image', content_type: 'image/jpeg' });
  expect(await fileAt(file!.data_url)).toEqual(image.bytes);
  expect(shown[3]?.attachments?.[0]).toMatchObject({ file_type: 'audio', content_type: 'audio/ogg' });
  const [conversation] = await shop.desk.conversations();
  expect(conversation?.meta.sender).toMatchObject({ name: 'Ana', phone_number: `+${ANA}`, identifier: `${ANA}@s.whatsapp.net` });
});

test('a reply to something the Hub never saw names it by WhatsApp id, and Chatwoot shows it as a plain message', async () => {
  const shop = await openShop(running);
  await shop.types(ANA, { text: 'sobre ontem', quotedId: 'NEVERSEEN' });
  const [only] = await eventuallyShown(shop, ['sobre ontem']);
  expect(only?.content_attributes).toMatchObject({ in_reply_to: null });
  expect(await shop.rows('SELECT quoted_id FROM app.message WHERE account_id = $')).toEqual([{ quoted_id: 'NEVERSEEN' }]);
});

test('in a group each line says who wrote it, and the group is the contact', async () => {
  const shop = await openShop(running);
  const group = { id: '120363000000000001@g.us', name: 'Família' };
  const by = (phone: string, name: string) => ({ group, author: { address: `${phone}@s.whatsapp.net`, name } });
  await shop.types(group.id, { text: 'bom dia', ...by(ANA, 'A*n*a') });
  await shop.types(group.id, { kind: 'image', media: picture, ...by('5511977776666', 'Bruno') });
  const shown = await eventuallyShown(shop, [`**+${ANA} - Ana:**\nbom dia`, '**+5511977776666 - Bruno:**']);
  expect(shown[1]?.attachments).toHaveLength(1);
  const conversations = await shop.desk.conversations();
  expect(conversations.map(({ meta }) => [meta.sender.name, meta.sender.phone_number, meta.sender.identifier])).toEqual([
    ['Família', null, group.id],
  ]);
});

test('edits, reactions, removals and kinds without a form in Chatwoot become one-line notices that answer what they are about', async () => {
  const shop = await openShop(running);
  const id = await shop.types(ANA, { text: 'Oi' });
  await shop.types(ANA, { kind: 'edit', targetId: id, text: 'Oi!' });
  await shop.types(ANA, { kind: 'reaction', targetId: id, emoji: '👍' });
  await shop.types(ANA, { kind: 'reaction', targetId: id, emoji: '' });
  await shop.types(ANA, { kind: 'removal', targetId: id });
  await shop.types(ANA, { kind: 'poll', text: 'Sol / Lua' });
  const shown = await eventuallyShown(shop, ['Oi', '[edit] Oi!', '[reaction] 👍', '[reaction]', '[removal]', '[poll] Sol / Lua']);
  const about = shown.map(({ content_attributes }) => content_attributes['in_reply_to'] ?? null);
  expect(about).toEqual([null, shown[0]?.id, shown[0]?.id, shown[0]?.id, shown[0]?.id, null]);
});

test('what the company types on its own phone stands on its side, marked as an echo, and comes back to nobody', async () => {
  const shop = await openShop(running);
  await shop.types(ANA, { text: 'Oi', name: 'Ana' });
  await shop.types(ANA, { text: 'Respondi do celular', fromMe: true });
  const shown = await eventuallyShown(shop, ['Oi', 'Respondi do celular']);
  expect(shown[1]).toMatchObject({ message_type: OUTGOING, content_attributes: { external_echo: true } });
  await eventually(async () =>
    expect(await shop.rows("SELECT count(*)::int AS n FROM app.raw_event WHERE account_id = $ AND outcome = 'ignored'")).not.toEqual([
      { n: 0 },
    ]),
  );
  expect(await shop.handed(ANA)).toEqual([]);
});

test('a contact that Chatwoot knows by phone alone is found and not made twice', async () => {
  const shop = await openShop(running);
  const known = (await shop.api('POST', '/contacts', { name: 'Ana da loja', phone_number: `+${ANA}` })).payload as {
    contact: { id: number };
  };
  await shop.types(ANA, { text: 'Oi', name: 'Ana' });
  await eventuallyShown(shop, ['Oi']);
  expect((await shop.desk.conversations())[0]?.meta.sender).toMatchObject({ id: known.contact.id, name: 'Ana da loja' });
});

test('a contact that Chatwoot says is taken and yet does not find is tried again', async () => {
  const shop = await openShop(running);
  const body = { message: 'Phone number has already been taken', attributes: ['phone_number'] };
  running.chatwoot.faults.set({ paths: [{ path: '/contacts', method: 'POST', status: 422, body, times: 1 }] });
  await shop.types(ANA, { text: 'Oi' });
  await eventuallyShown(shop, ['Oi']);
  expect(await shop.rows("SELECT outcome, failure ->> 'kind' AS kind FROM app.message_failure WHERE account_id = $")).toEqual([
    { outcome: 'retry', kind: 'rejected' },
  ]);
});

test('WhatsApp’s short spelling of a mobile finds the contact stored under it, and a new one gets the dialled number', async () => {
  const shop = await openShop(running);
  const old = (await shop.api('POST', '/contacts', { name: 'Antiga', phone_number: '+551188887777' })).payload as {
    contact: { id: number };
  };
  await shop.types('551188887777', { text: 'Oi' });
  await eventuallyShown(shop, ['Oi']);
  expect((await shop.desk.conversations())[0]?.meta.sender.id).toBe(old.contact.id);
  await shop.types('551188886666', { text: 'Olá', name: 'Nova' });
  await eventuallyShown(shop, ['Oi', 'Olá']);
  const nova = (await shop.desk.conversations()).find(({ meta }) => meta.sender.name === 'Nova');
  expect(nova?.meta.sender.phone_number).toBe('+5511988886666');
  await shop.types('5511988886666', { text: 'eu de novo' });
  await eventuallyShown(shop, ['Oi', 'Olá', 'eu de novo']);
});

test('a conversation deleted in Chatwoot is made anew, and the message that met the gap is in it', async () => {
  const shop = await openShop(running);
  await shop.types(ANA, { text: 'antes' });
  const [before] = await eventuallyShown(shop, ['antes']);
  const gone = `/conversations/${before!.conversation_id}/messages`;
  running.chatwoot.faults.set({
    paths: [
      { path: gone, method: 'POST', status: 404, body: { error: 'Resource could not be found' } },
      { path: '/conversations', method: 'GET', status: 200, body: { payload: [] }, times: 1 },
    ],
  });
  await shop.types(ANA, { text: 'depois' });
  const shown = await eventuallyShown(shop, ['antes', 'depois']);
  expect(shown[1]?.conversation_id).not.toBe(before?.conversation_id);
  expect((await shop.desk.conversations()).map(({ meta }) => meta.sender.phone_number)).toEqual([`+${ANA}`, `+${ANA}`]);
});

test('a file that is not there for a moment is fetched again; one that is gone is told in words', async () => {
  const shop = await openShop(running);
  running.gateway.faults.set({ paths: [{ path: '/media/', status: 503, times: 1 }] });
  await shop.types(ANA, { kind: 'image', text: 'chega depois', media: picture });
  const [late] = await eventuallyShown(shop, ['chega depois']);
  expect(late?.attachments).toHaveLength(1);
  running.gateway.faults.set({ paths: [{ path: '/media/', status: 404, times: 1 }] });
  await shop.types(ANA, { kind: 'image', text: 'perdida', media: picture });
  const shown = await eventuallyShown(shop, ['chega depois', '[image] perdida']);
  expect(shown[1]?.attachments).toBeUndefined();
});

test('a file that keeps failing by itself is given up after five attempts; its words are not', async () => {
  const shop = await openShop(running);
  running.gateway.faults.set({ paths: [{ path: '/media/', status: 500 }] });
  await shop.types(ANA, { kind: 'image', text: 'teimosa', media: picture });
  const attempts = () => shop.rows('SELECT attempts FROM app.message WHERE account_id = $');
  await eventually(async () => expect(await attempts()).toEqual([{ attempts: 1 }]));
  await shop.rows('UPDATE app.message SET attempts = 4 WHERE account_id = $');
  await eventuallyShown(shop, ['[image] teimosa']);
});

test('messages of a number without an inbox wait, and move in order once it is linked', async () => {
  const shop = await openShop(running, { linked: false });
  for (const text of ['1', '2', '3']) await shop.types(ANA, { text });
  await eventually(async () =>
    expect(await shop.rows("SELECT state, cause ->> 'kind' AS cause FROM app.message WHERE account_id = $ ORDER BY seq")).toEqual([
      { state: 'pending', cause: 'not-connected' },
      { state: 'pending', cause: null },
      { state: 'pending', cause: null },
    ]),
  );
  expect(await shop.shown()).toEqual([]);
  await shop.link();
  await eventuallyShown(shop, ['1', '2', '3']);
});

test('RL-11: an answer of Chatwoot that was lost makes no second contact and no second message', async () => {
  const shop = await openShop(running);
  for (const [kind, text] of [
    ['contact', 'um'],
    ['incoming', 'dois'],
  ] as const) {
    const since = running.chatwoot.journal.last;
    running.chatwoot.faults.set({ dropAfter: 1 });
    await shop.types(ANA, { text });
    await eventually(() => expect(running.chatwoot.journal.after(since, 10).map((entry) => entry.kind)).toContain(kind), { everyMs: 2 });
    running.chatwoot.faults.set(NO_FAULTS);
    await eventually(async () => expect(texts(await shop.shown())).toContain(text));
    await eventually(async () =>
      expect(await shop.rows("SELECT count(*)::int AS n FROM app.message WHERE account_id = $ AND state = 'pending'")).toEqual([{ n: 0 }]),
    );
  }
  expect(texts(await shop.shown())).toEqual(['um', 'dois']);
  expect(await shop.rows("SELECT DISTINCT failure ->> 'certainty' AS certainty FROM app.message_failure WHERE account_id = $")).toEqual([
    { certainty: 'unknown' },
  ]);
});

test('a message that Chatwoot refuses becomes a dead letter, and the next one passes it', async () => {
  const shop = await openShop(running);
  await shop.types(ANA, { text: 'primeira' });
  await eventuallyShown(shop, ['primeira']);
  running.chatwoot.faults.set({
    paths: [{ path: '/messages', method: 'POST', status: 422, body: { error: 'Content is too long' }, times: 1 }],
  });
  await shop.types(ANA, { text: 'recusada' });
  await shop.types(ANA, { text: 'terceira' });
  await eventuallyShown(shop, ['primeira', 'terceira']);
  expect(await shop.rows("SELECT state, cause ->> 'detail' AS why FROM app.message WHERE account_id = $ AND state = 'dead'")).toEqual([
    { state: 'dead', why: 'Chatwoot answered 422: Content is too long' },
  ]);
});

test('text that PostgreSQL cannot keep reaches Chatwoot without what it cannot keep (WH-08)', async () => {
  const shop = await openShop(running);
  await shop.types(ANA, { text: 'a\u0000b\uD800c', name: 'An\u0000a' });
  await eventuallyShown(shop, ['ab\uFFFDc']);
});

test('the same road carries another provider: text, quote and file through a gateway double', async () => {
  const phones = await startPhones.uazapi();
  try {
    const shop = await openShop(running, { gateway: { provider: phones.provider, ...phones.server } });
    await phones.scan(shop, '551133334444');
    const chat = { main: 'lid', phone: ANA, lid: '200000000000001', name: 'Ana' } as const;
    const first = await phones.write(shop, { chat, kind: 'text', text: 'Oi' });
    // This double's webhooks overtake each other, as the real one's do.
    await eventuallyShown(shop, ['Oi']);
    await phones.write(shop, { chat, kind: 'image', text: 'foto', file: image, quotedId: first });
    const shown = await eventuallyShown(shop, ['Oi', 'foto']);
    expect(shown[1]?.content_attributes).toMatchObject({ in_reply_to: shown[0]?.id });
    expect(await fileAt(shown[1]!.attachments![0]!.data_url)).toEqual(image.bytes);
    await shop.desk.write(shown[0]!.conversation_id, { text: 'Tudo **bem**?', inReplyTo: shown[0]!.id });
    await eventually(async () => expect(await phones.handed(shop)).toMatchObject([{ kind: 'text', text: 'Tudo *bem*?', quotedId: first }]));
    expect(await shop.rows('SELECT state FROM app.instance WHERE account_id = $')).toEqual([{ state: 'connected' }]);
  } finally {
    await phones.close();
  }
});

test('a call is told in its caller’s thread when it rings, and not again when it ends', async () => {
  const phones = await startPhones.evolution();
  try {
    const shop = await openShop(running, { gateway: { provider: phones.provider, ...phones.server } });
    const captured = await readFile(new URL('../captures/evolution/call.json', import.meta.url), 'utf8');
    const { apikey: _theirs, ...call } = JSON.parse(captured) as { apikey: string; data: object };
    const deliver = async (change: object): Promise<void> => {
      const body = JSON.stringify({ ...call, data: { ...call.data, ...change } });
      expect((await fetch(shop.gatewayHook, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status).toBe(200);
    };
    await deliver({});
    await eventuallyShown(shop, ['[call]']);
    await deliver({ status: 'timeout' });
    await deliver({ id: 'CALL2', isVideo: true });
    await eventuallyShown(shop, ['[call]', '[video-call]']);
    expect((await shop.desk.conversations()).map(({ meta }) => meta.sender.phone_number)).toEqual([`+${ANA}`]);
  } finally {
    await phones.close();
  }
});
