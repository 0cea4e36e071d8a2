import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sampleFiles } from '../../server/src/sandbox/index.ts';
import { NO_FAULTS, openBridge } from './bridge.fixture.ts';
import type { RunningBridge } from './bridge.fixture.ts';
import { openShop } from './shop.fixture.ts';
import type { Handed, Shop } from './shop.fixture.ts';
import { eventually } from '../support/eventually.ts';

let running: RunningBridge;
beforeAll(async () => void (running = await openBridge()));
afterEach(() => {
  running.chatwoot.faults.set(NO_FAULTS);
  running.gateway.faults.set(NO_FAULTS);
});
afterAll(async () => running?.close());

const ANA = '5511988887777';
const STRANGER = '5511900000404';
const { jpeg, ogg, pdf } = sampleFiles;

/** A conversation that the contact began; gives its number and the first message's ids. */
async function conversationWith(shop: Shop, chat = ANA): Promise<{ id: number; firstId: number; firstGatewayId: string }> {
  const firstGatewayId = await shop.types(chat, { text: 'Oi', name: 'Ana' });
  return eventually(async () => {
    const first = (await shop.shown()).find(({ source_id }) => source_id === `WAID:${firstGatewayId}`);
    if (!first) throw new Error('not there yet');
    return { id: first.conversation_id, firstId: first.id, firstGatewayId };
  });
}
const handedOver = (shop: Shop, count: number, chat = ANA): Promise<readonly Handed[]> =>
  eventually(async () => {
    const handed = await shop.handed(chat);
    expect(handed).toHaveLength(count);
    return handed;
  });
const statusOf = async (shop: Shop, id: number) => {
  const found = (await shop.shown()).find((message) => message.id === id);
  return { status: found?.status, error: found?.content_attributes['external_error'] ?? null };
};
const draftOf = ({ fileName, mimeType, bytes }: typeof jpeg) => ({ fileName, mimeType, base64: bytes.toString('base64') });

test('an agent’s text, quote and file reach WhatsApp in order, each once, in WhatsApp’s own marks', async () => {
  const shop = await openShop(running);
  const { id, firstId, firstGatewayId } = await conversationWith(shop);
  await shop.desk.write(id, { text: 'Olá **Ana**' });
  await shop.desk.write(id, { text: 'sobre isso', inReplyTo: firstId });
  await shop.desk.write(id, { text: 'só entre nós', private: true });
  await shop.desk.write(id, { text: 'veja', file: draftOf(pdf) });
  const handed = await handedOver(shop, 3);
  expect(handed).toMatchObject([
    { kind: 'text', text: 'Olá *Ana*' },
    { kind: 'text', text: 'sobre isso', quotedId: firstGatewayId },
    { kind: 'document', text: 'veja', media: { fileName: pdf.fileName, mimeType: 'application/pdf' } },
  ]);
});

test('an agent may answer the company’s own message: the quote carries the id WhatsApp gave it', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  const mine = await shop.desk.write(id, { text: 'um' });
  const [sent] = await handedOver(shop, 1);
  await eventually(async () =>
    expect(await shop.rows("SELECT count(*)::int AS n FROM app.message WHERE account_id = $ AND state = 'pending'")).toEqual([{ n: 0 }]),
  );
  await shop.desk.write(id, { text: 'dois', inReplyTo: mine.id });
  expect((await handedOver(shop, 2))[1]).toMatchObject({ text: 'dois', quotedId: sent?.id });
});

test('several files leave in their order, the text with the first that can carry it; beside voice notes alone it goes first', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  const write = (text: string, files: readonly (typeof jpeg)[]) => {
    const form = new FormData();
    form.set('content', text);
    form.set('message_type', 'outgoing');
    for (const { fileName, mimeType, bytes } of files)
      form.append('attachments[]', new Blob([new Uint8Array(bytes)], { type: mimeType }), fileName);
    return shop.api('POST', `/conversations/${id}/messages`, form);
  };
  await write('as duas', [jpeg, pdf]);
  await handedOver(shop, 2);
  await write('ouça', [ogg]);
  await handedOver(shop, 4);
  await write('mista', [ogg, jpeg]);
  const handed = await handedOver(shop, 6);
  expect(handed.map(({ kind, text }) => [kind, text ?? ''])).toEqual([
    ['image', 'as duas'],
    ['document', ''],
    ['text', 'ouça'],
    ['voice', ''],
    ['voice', ''],
    ['image', 'mista'],
  ]);
});

test('an agent writes first, to a phone without a thread; the answer comes into the same conversation', async () => {
  const shop = await openShop(running, { linked: false });
  const { chatwootInboxId } = await shop.link();
  const made = (await shop.api('POST', '/contacts', { name: 'Bruno', phone_number: '+5511977776666', inbox_id: chatwootInboxId })).payload;
  const { contact } = made as { contact: { id: number } };
  const conversation = await shop.api('POST', '/conversations', { inbox_id: chatwootInboxId, contact_id: contact.id });
  await shop.desk.write(Number(conversation.id), { text: 'Bom dia, Bruno' });
  expect(await handedOver(shop, 1, '5511977776666')).toMatchObject([{ text: 'Bom dia, Bruno' }]);
  await shop.types('551177776666', { text: 'Bom dia!', name: 'Bruno' });
  await eventually(async () => expect((await shop.shown()).map(({ content }) => content)).toEqual(['Bom dia, Bruno', 'Bom dia!']));
  expect(await shop.desk.conversations()).toHaveLength(1);
});

test('an agent who writes to a contact without any WhatsApp address writes to nobody, and that is kept', async () => {
  const shop = await openShop(running, { linked: false });
  const { chatwootInboxId } = await shop.link();
  const made = (await shop.api('POST', '/contacts', { name: 'Sem número', inbox_id: chatwootInboxId })).payload;
  const { contact } = made as { contact: { id: number } };
  const conversation = await shop.api('POST', '/conversations', { inbox_id: chatwootInboxId, contact_id: contact.id });
  await shop.desk.write(Number(conversation.id), { text: 'alô?' });
  await eventually(async () =>
    expect(await shop.rows("SELECT count(*)::int AS n FROM app.raw_event WHERE account_id = $ AND outcome = 'no-recipient'")).toEqual([
      { n: 1 },
    ]),
  );
  expect(await shop.rows('SELECT id FROM app.message WHERE account_id = $')).toEqual([]);
});

test('ticks reach the agent’s message upward only', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  const written = await shop.desk.write(id, { text: 'chegou?' });
  const [sent] = await handedOver(shop, 1);
  for (const tick of ['delivered', 'read'] as const) {
    await shop.receipt(sent!.id, tick);
    await eventually(async () => expect((await statusOf(shop, written.id)).status).toBe(tick));
  }
  await post(shop.gatewayHook, { event: 'receipt', ids: [sent!.id], receipt: 'sent', at: Date.now() });
  expect(await shop.rows("SELECT report, reported FROM app.message WHERE account_id = $ AND direction = 'outbound'")).toEqual([
    { report: 4, reported: 4 },
  ]);
  const told = running.chatwoot.journal
    .after(0, 10_000)
    .filter(({ kind, account }) => kind === 'status' && account === shop.chatwootAccount);
  expect(told.map(({ note }) => note)).toEqual(['delivered', 'read']);
});

test('a tick waits for a Chatwoot that is down, and one that it refuses is let go', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  const written = await shop.desk.write(id, { text: 'um' });
  const [sent] = await handedOver(shop, 1);
  running.chatwoot.faults.set({ paths: [{ path: `/messages/${written.id}`, method: 'PATCH', status: 503, times: 1 }] });
  await shop.receipt(sent!.id, 'delivered');
  await eventually(async () => expect((await statusOf(shop, written.id)).status).toBe('delivered'));
  running.chatwoot.faults.set({ paths: [{ path: `/messages/${written.id}`, method: 'PATCH', status: 404, body: { error: 'gone' } }] });
  await shop.receipt(sent!.id, 'read');
  await eventually(async () =>
    expect(await shop.rows("SELECT report, reported FROM app.message WHERE account_id = $ AND direction = 'outbound'")).toEqual([
      { report: 4, reported: 4 },
    ]),
  );
  expect((await statusOf(shop, written.id)).status).toBe('delivered');
});

test.each([
  {
    locale: 'pt-BR',
    refused: 'Este contato não tem WhatsApp. Confira o número.',
    said: 'O WhatsApp informou que a mensagem não foi entregue.',
  },
  {
    locale: 'en',
    refused: 'This contact is not on WhatsApp. Check the number.',
    said: 'WhatsApp says that the message was not delivered.',
  },
])('a message that did not get through says why in the account’s language ($locale), and what follows passes it', async (expected) => {
  const shop = await openShop(running, { locale: expected.locale });
  const stranger = await conversationWith(shop, STRANGER);
  const refused = await shop.desk.write(stranger.id, { text: 'alô?' });
  await eventually(async () => expect(await statusOf(shop, refused.id)).toEqual({ status: 'failed', error: expected.refused }));
  expect(
    await shop.rows("SELECT state, cause ->> 'kind' AS kind FROM app.message WHERE account_id = $ AND direction = 'outbound'"),
  ).toEqual([{ state: 'dead', kind: 'not-on-whatsapp' }]);
  const { id } = await conversationWith(shop);
  const sent = await shop.desk.write(id, { text: 'vai' });
  // The double never lowers a tick, so this failure comes as another gateway would send it.
  const [handed] = await handedOver(shop, 1);
  await eventually(async () =>
    expect(await shop.rows("SELECT count(*)::int AS n FROM app.message WHERE account_id = $ AND state = 'pending'")).toEqual([{ n: 0 }]),
  );
  await post(shop.gatewayHook, { event: 'receipt', ids: [handed!.id], receipt: 'failed', at: Date.now() });
  await eventually(async () => expect(await statusOf(shop, sent.id)).toEqual({ status: 'failed', error: expected.said }));
});

test('a receipt that overtakes the answer of its send is kept until the send is known, and told then', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  running.gateway.faults.set({ dropAfter: 1, webhooks: { lost: 1, repeated: 0, delayMs: 0 } });
  const written = await shop.desk.write(id, { text: 'rápido' });
  const [sent] = await handedOver(shop, 1);
  running.gateway.faults.set(NO_FAULTS);
  await post(shop.gatewayHook, { event: 'receipt', ids: [sent!.id, 'UNKNOWN'], receipt: 'delivered', at: Date.now() });
  const early = () => shop.rows('SELECT gateway_id, report FROM app.early_receipt WHERE account_id = $ ORDER BY gateway_id');
  expect(await early()).toContainEqual({ gateway_id: sent!.id, report: 3 });
  await eventually(async () => expect((await statusOf(shop, written.id)).status).toBe('delivered'));
  expect(await early()).toEqual([{ gateway_id: 'UNKNOWN', report: 3 }]);
});

test('RL-11: a send whose answer was lost is found by its reference, and left once', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  // Without the echo, only asking can tell.
  running.gateway.faults.set({ dropAfter: 1, webhooks: { lost: 1, repeated: 0, delayMs: 0 } });
  await shop.desk.write(id, { text: 'uma vez' });
  await handedOver(shop, 1);
  running.gateway.faults.set(NO_FAULTS);
  await eventually(async () =>
    expect(await shop.rows("SELECT state, gateway_id FROM app.message WHERE account_id = $ AND direction = 'outbound'")).toMatchObject([
      { state: 'delivered', gateway_id: (await shop.handed(ANA))[0]?.id },
    ]),
  );
  expect(await shop.handed(ANA)).toHaveLength(1);
  expect(await shop.rows("SELECT failure ->> 'certainty' AS certainty FROM app.message_failure WHERE account_id = $")).toContainEqual({
    certainty: 'unknown',
  });
});

test('RL-11: an echo that arrives while the answer is lost settles the message without asking', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  const cannotAsk = { path: '/messages', method: 'GET', status: 503 };
  running.gateway.faults.set({ dropAfter: 1, paths: [cannotAsk] });
  await shop.desk.write(id, { text: 'eco' });
  await handedOver(shop, 1);
  running.gateway.faults.set({ dropAfter: 0 });
  await eventually(async () =>
    expect(await shop.rows("SELECT state FROM app.message WHERE account_id = $ AND direction = 'outbound'")).toEqual([
      { state: 'delivered' },
    ]),
  );
  expect(await shop.handed(ANA)).toHaveLength(1);
});

test('RL-11: a doubtful send that never arrived is sent again once the gateway says it has not seen it', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  running.gateway.faults.set({ paths: [{ path: '/messages', method: 'POST', status: 502, times: 1 }] });
  await shop.desk.write(id, { text: 'de novo' });
  expect(await handedOver(shop, 1)).toMatchObject([{ text: 'de novo' }]);
});

test('a gateway that cannot be asked keeps the doubt; nothing is sent meanwhile', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  running.gateway.faults.set({
    paths: [
      { path: '/messages', method: 'POST', status: 502, times: 1 },
      { path: '/messages', method: 'GET', status: 503, times: 1 },
    ],
  });
  await shop.desk.write(id, { text: 'só uma' });
  await handedOver(shop, 1);
  await eventually(async () =>
    expect(await shop.rows("SELECT failure ->> 'certainty' AS certainty FROM app.message_failure WHERE account_id = $")).toEqual([
      { certainty: 'unknown' },
      { certainty: 'unknown' },
    ]),
  );
});

test('an agent’s file that its storage does not have yet is fetched again; one it never serves fails with its sentence', async () => {
  const shop = await openShop(running);
  const { id } = await conversationWith(shop);
  running.chatwoot.faults.set({ paths: [{ path: '/rails/active_storage', method: 'GET', status: 404, times: 1 }] });
  await shop.desk.write(id, { text: 'foto', file: draftOf(jpeg) });
  expect(await handedOver(shop, 1)).toMatchObject([{ kind: 'image', text: 'foto' }]);
  running.chatwoot.faults.set({ paths: [{ path: '/rails/active_storage', method: 'GET', status: 401 }] });
  const never = await shop.desk.write(id, { file: draftOf(pdf) });
  await eventually(async () =>
    expect(await statusOf(shop, never.id)).toEqual({ status: 'failed', error: 'O WhatsApp recusou esta mensagem.' }),
  );
});

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}
