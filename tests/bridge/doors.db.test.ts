import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEndpointBook, createRemoteWake, requestTimeoutMs, wakeLaneJob } from '../../server/src/bridge/index.ts';
import type { Endpoint } from '../../server/src/bridge/index.ts';
import { hashToken, randomToken } from '../../server/src/platform/crypto/index.ts';
import { openBridge } from './bridge.fixture.ts';
import type { RunningBridge } from './bridge.fixture.ts';
import { openShop } from './shop.fixture.ts';
import type { Shop } from './shop.fixture.ts';
import { eventually } from '../support/eventually.ts';

let running: RunningBridge;
beforeAll(async () => void (running = await openBridge()));
afterAll(async () => running?.close());

const ANA = '5511988887777';

async function post(url: string, raw: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: raw })).status;
}
const signedAt = (secret: string, raw: string, at: number): Record<string, string> => ({
  'x-chatwoot-timestamp': String(at),
  'x-chatwoot-signature': `sha256=${createHmac('sha256', secret).update(`${at}.${raw}`).digest('hex')}`,
});
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const agentMessage = (id: number, phone: string | null = `+${ANA}`): string =>
  JSON.stringify({
    event: 'message_created',
    id,
    message_type: 'outgoing',
    content: `mensagem ${id}`,
    conversation: {
      id: 900,
      contact_inbox: { source_id: randomUUID() },
      meta: { sender: { id: 900, name: 'Ana', phone_number: phone, identifier: null } },
    },
  });
/** Without the gateway's own report that the number was scanned. */
const kept = (shop: Shop) =>
  shop.rows(
    "SELECT outcome, convert_from(body, 'UTF8') AS body FROM app.raw_event WHERE account_id = $ AND key NOT LIKE 'connection%' ORDER BY received_at, id",
  );
const customerText = (id: string, text: string, more: object = {}): string =>
  JSON.stringify({
    event: 'message',
    ...more,
    message: { id, chat: `${ANA}@s.whatsapp.net`, fromMe: false, viaApi: false, at: Date.now(), kind: 'text', text, name: 'Ana' },
  });

test('WH-04: a Chatwoot delivery needs its signature; a stale one is stored, and a replay of it changes nothing', async () => {
  const shop = await openShop(running, { linked: false });
  const { hook, secret } = await shop.link();
  const raw = agentMessage(1);
  expect(await post(hook, raw)).toBe(404);
  expect(await post(hook, raw, signedAt('another secret', raw, nowSeconds()))).toBe(404);
  expect(await post(hook, `${raw} `, signedAt(secret, raw, nowSeconds()))).toBe(404);
  expect(await kept(shop)).toEqual([]);

  const old = signedAt(secret, raw, nowSeconds() - 3_600);
  expect([await post(hook, raw, old), await post(hook, raw, old)]).toEqual([200, 200]);
  expect((await kept(shop)).filter(({ outcome }) => outcome === 'stale')).toHaveLength(1);
  await eventually(async () => expect(await shop.handed(ANA)).toMatchObject([{ text: 'mensagem 1' }]));

  const next = agentMessage(2);
  expect(await post(hook, next, signedAt(secret, next, nowSeconds()))).toBe(200);
  await eventually(async () => expect((await shop.handed(ANA)).map(({ text }) => text)).toEqual(['mensagem 1', 'mensagem 2']));
});

test('a Chatwoot that signs nothing is served at its secret address alone', async () => {
  const shop = await openShop(running, { linked: false, signed: false });
  const { hook, inboxId } = await shop.link();
  expect(await post(hook, agentMessage(1))).toBe(200);
  await eventually(async () => expect(await shop.handed(ANA)).toHaveLength(1));
  await running.test.database.withAccount(shop.accountId, (open) =>
    open.inbox.updateMany({ where: { id: inboxId }, data: { instanceId: null } }),
  );
  running.routes.forget(shop.accountId);
  expect(await post(hook, agentMessage(2))).toBe(404);
});

test('what Chatwoot sends that is no message of an agent is kept with its outcome and goes nowhere', async () => {
  const shop = await openShop(running, { linked: false, signed: false });
  const { hook } = await shop.link();
  expect(await post(hook, '{ not json, "api_access_token": "abcdef0123456789abcdef"')).toBe(200);
  expect(await post(hook, JSON.stringify({ event: 'message_created', id: 'seven' }))).toBe(200);
  expect(await post(hook, JSON.stringify({ event: 'conversation_updated', id: 3 }))).toBe(200);
  const events = await kept(shop);
  expect(events.map(({ outcome }) => outcome)).toEqual(['unrecognised', 'unrecognised', 'ignored']);
  expect(String(events[0]?.body)).not.toContain('abcdef0123456789abcdef');
  expect(await shop.rows('SELECT id FROM app.message WHERE account_id = $')).toEqual([]);
});

test('a gateway delivery that cannot be read is kept without what looks like a secret, once', async () => {
  const shop = await openShop(running);
  const raw = 'token=abcdef0123456789abcdef0123 <html>';
  expect([await post(shop.gatewayHook, raw), await post(shop.gatewayHook, raw)]).toEqual([200, 200]);
  const events = (await kept(shop)).filter(({ outcome }) => outcome === 'unreadable');
  expect(events).toHaveLength(1);
  expect(String(events[0]?.body)).not.toContain('abcdef0123456789abcdef0123');
});

test('a gateway delivery that nobody understands is kept as such, without the instance’s token', async () => {
  const shop = await openShop(running);
  const [{ token }] = (await shop.rows('SELECT token FROM app.instance WHERE account_id = $')) as [{ token: string }];
  expect(token).not.toBe('');
  const known = await instanceToken(shop);
  expect(await post(shop.gatewayHook, JSON.stringify({ event: 'from the future', token: known, what: 1 }))).toBe(200);
  const [event] = (await kept(shop)).filter(({ outcome }) => outcome === 'unrecognised');
  expect(JSON.parse(String(event?.body))).toMatchObject({ event: 'from the future', what: 1 });
  expect(String(event?.body)).not.toContain(known);
});

test('a gateway delivery with another instance’s token is refused; the right one is taken, and twice is once', async () => {
  const shop = await openShop(running);
  expect(await post(shop.gatewayHook, customerText('W1', 'falsa', { token: 'not-the-token' }))).toBe(404);
  const token = await instanceToken(shop);
  const raw = customerText('W2', 'certa', { token });
  expect([await post(shop.gatewayHook, raw), await post(shop.gatewayHook, raw)]).toEqual([200, 200]);
  await eventually(async () => expect((await shop.shown()).map(({ content }) => content)).toEqual(['certa']));
});

test('a gateway’s connection report is recorded at its instance', async () => {
  const shop = await openShop(running);
  await eventually(async () =>
    expect(await shop.rows('SELECT state, phone FROM app.instance WHERE account_id = $')).toEqual([
      { state: 'connected', phone: '551133334444' },
    ]),
  );
  const raw = JSON.stringify({ event: 'connection', state: 'logged-out' });
  expect(await post(shop.gatewayHook, raw)).toBe(200);
  expect(await shop.rows('SELECT state FROM app.instance WHERE account_id = $')).toEqual([{ state: 'logged-out' }]);
});

test('an event without a time of its own keeps the time of arrival alone', async () => {
  const shop = await openShop(running);
  const raw = customerText('T0', 'sem hora').replace(/"at":\d+/, '"at":null');
  expect(await post(shop.gatewayHook, raw)).toBe(200);
  await eventually(async () => expect((await shop.shown()).map(({ content }) => content)).toEqual(['sem hora']));
  expect(await shop.rows('SELECT sent_at FROM app.message WHERE account_id = $')).toEqual([{ sent_at: null }]);
});

test('an address whose instance speaks another provider is unknown', async () => {
  const shop = await openShop(running);
  await shop.rows("UPDATE app.provider_server SET provider = 'uazapi' WHERE account_id = $");
  running.routes.forget(shop.accountId);
  expect(await post(shop.gatewayHook, customerText('X1', 'Oi'))).toBe(404);
  await shop.rows("UPDATE app.provider_server SET provider = 'retired-provider' WHERE account_id = $");
  running.routes.forget(shop.accountId);
  expect(await post(shop.gatewayHook, customerText('X2', 'Oi'))).toBe(404);
});

test('messages of a number whose route is gone wait, and move when it is back', async () => {
  const shop = await openShop(running);
  await running.stop();
  expect(await post(shop.gatewayHook, customerText('R1', 'espera'))).toBe(200);
  await shop.rows("UPDATE app.provider_server SET provider = 'retired-provider' WHERE account_id = $");
  running.routes.forget(shop.accountId);
  running.start();
  await eventually(async () =>
    expect(await shop.rows("SELECT state, attempts, cause ->> 'kind' AS kind FROM app.message WHERE account_id = $")).toEqual([
      { state: 'pending', attempts: 0, kind: 'not-found' },
    ]),
  );
  await shop.rows("UPDATE app.provider_server SET provider = 'sandbox' WHERE account_id = $");
  await shop.rows('UPDATE app.lane SET due_at = now() WHERE account_id = $');
  running.routes.forget(shop.accountId);
  await eventually(async () => expect((await shop.shown()).map(({ content }) => content)).toEqual(['espera']));
});

test('stop() ends after the message under way, gives the lane back without doubts, and another worker goes on at once', async () => {
  const shop = await openShop(running);
  await running.stop();
  for (const n of [1, 2, 3]) expect(await post(shop.gatewayHook, customerText(`S${n}`, String(n)))).toBe(200);
  expect(await shop.shown()).toEqual([]);
  running.chatwoot.faults.set({ latencyMs: { from: 60, to: 60 } });
  running.start();
  await eventually(() => expect(running.bridge().load()).toBe(1), { everyMs: 2 });
  await running.stop();
  running.chatwoot.faults.set({ latencyMs: { from: 0, to: 0 } });
  const before = (await shop.shown()).map(({ content }) => content);
  expect(before.length).toBeLessThan(3);
  expect(await shop.rows('SELECT lease_until, holder, due_at IS NOT NULL AS due FROM app.lane WHERE account_id = $')).toEqual([
    { lease_until: null, holder: null, due: true },
  ]);
  running.start();
  await eventually(async () => expect((await shop.shown()).map(({ content }) => content)).toEqual(['1', '2', '3']));
  expect(running.errors).toEqual([]);
});

test('a lane whose wake-up was lost is found by the sweep', async () => {
  const shop = await openShop(running);
  await running.stop();
  expect(await post(shop.gatewayHook, customerText('L1', 'perdida'))).toBe(200);
  running.start();
  await eventually(async () => expect((await shop.shown()).map(({ content }) => content)).toEqual(['perdida']));
});

test('what was settled is told with its direction, and nothing in it names a secret', async () => {
  const shop = await openShop(running);
  const before = running.settled.length;
  await shop.types(ANA, { text: 'Oi' });
  await eventually(() =>
    expect(running.settled.slice(before)).toMatchObject([{ direction: 'inbound', settlement: { outcome: 'delivered' } }]),
  );
  expect(JSON.stringify(running.settled.slice(before))).not.toContain(await instanceToken(shop));
});

test('wake-ups of one moment join into one call of the queue, each lane once', async () => {
  const calls: { readonly key?: string | undefined; readonly payload: unknown }[][] = [];
  const wake = createRemoteWake(
    {
      enqueueMany: async (job, jobs) => {
        expect(job.name).toBe(wakeLaneJob.name);
        calls.push(jobs.map(({ key, payload }) => ({ key, payload })));
      },
    },
    (error) => expect.unreachable(String(error)),
  );
  const [accountId, a, b] = [randomUUID(), randomUUID(), randomUUID()];
  for (const laneId of [a, b, a]) wake({ accountId, laneId });
  await eventually(() => expect(calls).toHaveLength(1));
  expect(calls[0]).toEqual([a, b].map((laneId) => ({ key: laneId, payload: { accountId, laneId } })));
  wake({ accountId, laneId: b });
  await eventually(() => expect(calls).toHaveLength(2));
});

test('a queue that fails is told of and fails nothing else: the next wake-up is tried again', async () => {
  const errors: unknown[] = [];
  const lost = new Error('the queue is away');
  const wake = createRemoteWake({ enqueueMany: () => Promise.reject(lost) }, (error) => errors.push(error));
  wake({ accountId: randomUUID(), laneId: randomUUID() });
  await eventually(() => expect(errors).toEqual([lost]));
  wake({ accountId: randomUUID(), laneId: randomUUID() });
  await eventually(() => expect(errors).toEqual([lost, lost]));
});

test('WH-01: the book of addresses asks once in five seconds, forgets, keeps no stranger, and refuses tokens too short or long', async () => {
  const endpoint: Endpoint = {
    accountId: randomUUID(),
    endpointId: randomUUID(),
    source: 'sandbox',
    instanceId: randomUUID(),
    inboxId: null,
  };
  const known = randomToken();
  const state = { nowMs: 0, asked: 0, inUse: true };
  const book = createEndpointBook({
    lookUp: async (hash) => {
      state.asked += 1;
      return state.inUse && hash.equals(hashToken(known)) ? endpoint : null;
    },
    hashOf: hashToken,
    monotonicMs: () => state.nowMs,
  });
  for (const token of ['', known.slice(0, 31), known.repeat(3)]) expect(await book.find(token)).toBeNull();
  expect(state.asked).toBe(0);
  expect([await book.find(known), await book.find(known)]).toEqual([endpoint, endpoint]);
  expect(state.asked).toBe(1);
  const stranger = randomToken();
  expect([await book.find(stranger), await book.find(stranger)]).toEqual([null, null]);
  expect(state.asked).toBe(3);
  state.inUse = false;
  expect(await book.find(known)).toEqual(endpoint);
  state.nowMs = 5_001;
  expect(await book.find(known)).toBeNull();
});

test('RL-07: two requests and settling fit into a lease', () => {
  for (const leaseMs of [1_000, 10_000, 30_000, 600_000]) expect(2 * requestTimeoutMs(leaseMs)).toBeLessThanOrEqual(0.8 * leaseMs);
  expect(requestTimeoutMs(600_000)).toBe(10_000);
});

async function instanceToken(shop: Shop): Promise<string> {
  const answer = await fetch(`${running.gatewayUrl}/instances`, { headers: { 'x-sandbox-key': 'bridge-gateway-key' } });
  const found = ((await answer.json()) as { id: string; token: string }[]).find(({ id }) => id === shop.externalId);
  if (!found) throw new Error('the gateway does not know the instance');
  return found.token;
}
