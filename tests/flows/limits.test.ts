import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChatwoot } from '../support/chatwoot-desk.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { operator } from '../support/fault-hub.ts';
import { startPhones } from '../support/phones.ts';
import type { Phones } from '../support/phones.ts';
import { startHub } from '../support/start-hub.ts';
import type { TestHub } from '../support/start-hub.ts';

let database: TestDatabase;
let hub: TestHub;
let phones: Phones;
let chatwoot: Awaited<ReturnType<typeof startChatwoot>>;
let account: string;
let serverId: string;
let bearer: string;

beforeAll(async () => {
  database = await createTestDatabase();
  [phones, chatwoot] = await Promise.all([startPhones.sandbox(), startChatwoot()]);
  hub = await startHub({ database, settings: { HUB_RATE_PRINCIPAL: '0', HUB_RATE_ACCOUNT: '0' } });
  account = `/accounts/${String((await hub.api('POST', '/accounts', { name: 'Loja' })).id)}`;
  const server = { provider: 'sandbox', name: 'gateway', ...phones.server };
  serverId = String((await hub.api('POST', `${account}/provider-servers`, server)).id);
  const signedIn = await fetch(`${hub.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(operator),
  });
  bearer = `Bearer ${((await signedIn.json()) as { accessToken: string }).accessToken}`;
});
afterAll(async () => {
  await hub?.stop();
  await phones?.close();
  await chatwoot?.close();
  await database?.drop();
});

const limit = (limits: Record<string, number>) => hub.api('PUT', `${account}/limits`, { limits });
const make = (name: string) => hub.ask('POST', `${account}/instances`, { providerServerId: serverId, name });
const codes = (answers: readonly { readonly status: number; readonly json: unknown }[]) =>
  answers.map(({ status, json }) => (status < 400 ? String(status) : `${status} ${(json as { code: string }).code}`)).toSorted();
const atGateway = async (): Promise<string[]> => {
  const answer = await fetch(`${phones.server.baseUrl}/instances`, { headers: { 'x-sandbox-key': phones.server.adminSecret } });
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name).toSorted();
};

describe('limits, with a gateway and a Chatwoot behind them', () => {
  test('two creations at the last free place at once: one wins, and the gateway has one', async () => {
    await limit({ instances: 1 });
    const answers = await Promise.all([make('loja-1'), make('loja-2')]);
    expect(codes(answers)).toEqual(['201', '403 limits/instances']);
    expect(await atGateway()).toHaveLength(1);
  });

  test('over the limit the gateway is not even asked', async () => {
    const before = await atGateway();
    expect(codes([await make('loja-3')])).toEqual(['403 limits/instances']);
    expect(await atGateway()).toEqual(before);
  });

  test('what only the gateway knows is adopted as far as there is room', async () => {
    await limit({ instances: 4 });
    for (const name of ['extern-1', 'extern-2']) await make(name);
    await forget(['extern-1', 'extern-2']);
    await limit({ instances: 2 });
    expect(codes([await hub.ask('POST', `${account}/provider-servers/${serverId}/sync`, { adopt: true })])).toEqual([
      '403 limits/instances',
    ]);
    expect((await hub.api<{ items: unknown[] }>('GET', `${account}/instances`)).items).toHaveLength(2);
    await limit({ instances: 9 });
    expect(await hub.api('POST', `${account}/provider-servers/${serverId}/sync`, { adopt: true })).toMatchObject({ adopted: 1 });
  });

  test('provider servers and inboxes have theirs', async () => {
    await limit({ 'provider-servers': 1, inboxes: 0 });
    const server = { provider: 'sandbox', name: 'another', ...phones.server };
    expect(codes([await hub.ask('POST', `${account}/provider-servers`, server)])).toEqual(['403 limits/provider-servers']);
    const { items } = await hub.api<{ items: { id: string }[] }>('GET', `${account}/instances`);
    const { id: chatwootLinkId } = await hub.api('POST', `${account}/chatwoot-links`, chatwoot.link);
    const link = { instanceId: items[0]?.id, chatwootLinkId, inboxName: 'WhatsApp' };
    expect(codes([await hub.ask('POST', `${account}/inboxes`, link)])).toEqual(['403 limits/inboxes']);
    await limit({ inboxes: 1 });
    expect(codes([await hub.ask('POST', `${account}/inboxes`, link)])).toEqual(['201']);
  });
});

describe('Idempotency-Key, with a gateway behind it (RL-05)', () => {
  const send = async (key: string, name: string) => {
    const answer = await fetch(`${hub.url}/api/v1${account}/instances`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: bearer, 'idempotency-key': key },
      body: JSON.stringify({ providerServerId: serverId, name }),
    });
    return { status: answer.status, text: await answer.text(), replayed: answer.headers.get('idempotency-replayed') };
  };

  test('fifty of one request make one instance, and a later one is answered like the first', async () => {
    await limit({ instances: 50 });
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(key, 'once')));
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(50 - made.length);
    expect((await atGateway()).filter((name) => name === 'once')).toHaveLength(1);
    expect(await send(key, 'once')).toEqual({ status: 201, text: made[0]?.text, replayed: 'true' });
    expect((await send(key, 'twice')).status).toBe(422);
  });

  test('what was answered is sealed at rest', async () => {
    const rows = await database.asSuperuser('SELECT body, principal FROM app.idempotency_key WHERE status = 201');
    expect(rows).not.toEqual([]);
    for (const { body } of rows) expect(String(body)).toMatch(/^v1\./);
  });
});

/** As if they had been made by somebody else at the gateway. */
async function forget(names: readonly string[]): Promise<void> {
  const list = names.map((name) => `'${name}'`).join();
  await database.asSuperuser(`DELETE FROM app.instance WHERE name IN (${list})`);
}
