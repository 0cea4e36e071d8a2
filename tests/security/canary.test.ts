import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { operator } from '../support/fault-hub.ts';
import { dumpTables, findLeaks, SINKS, writingsOf } from '../support/security-canaries.ts';
import type { Canary, Caught, Piece, Sink } from '../support/security-canaries.ts';
import { bearer, openClient, ownPage, signedInOf, signInAs } from '../support/security-client.ts';
import type { Client, Credential } from '../support/security-client.ts';
import { unlimited } from '../support/security-hub.ts';
import { startHeardHub } from '../support/security-process.ts';
import type { HeardHub } from '../support/security-process.ts';
import { seedTenant } from '../support/security-world.ts';
import type { Tenant } from '../support/security-world.ts';

const canary = (kind: string, end = ''): string => `wphcanary_${kind}_${randomUUID()}${end}`;
/** Looks different once it is escaped. */
const ODD = '~+/="&';

const typed = {
  adminSecret: canary('admin', ODD),
  chatwootToken: canary('desk'),
  password: canary('password', ODD),
  wrongPassword: canary('wrong', ODD),
  wrongAdminSecret: canary('refused-admin', ODD),
  wrongChatwootToken: canary('refused-desk'),
  misplaced: canary('misplaced', ODD),
  strangersKey: canary('strangers-key'),
  unknownAddress: canary('unknown-address'),
  metricsToken: canary('metrics'),
  messageText: canary('text', ODD),
  answerText: canary('answer', ODD),
};

const everywhere = SINKS;
const v1 = '/api/v1';

let database: TestDatabase;
let hub: HeardHub;
let tenant: Tenant;
let client: Client;
let canaries: readonly Canary[];
let caught: Caught;
const answers: Piece[] = [];
const statuses: number[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startHeardHub(database, {
    ...unlimited,
    HUB_LOG_LEVEL: 'trace',
    HUB_METRICS_PORT: '0',
    HUB_METRICS_TOKEN: typed.metricsToken,
  });
  client = openClient(hub.url, (where, { status, headers, setCookie, text }) => {
    statuses.push(status);
    answers.push({ where, text: [headers, ...setCookie, text].join('\n') });
  });
  tenant = await seedTenant(client, database, {
    mark: `A-OWN-${randomUUID()}`,
    secrets: { adminSecret: typed.adminSecret, chatwootToken: typed.chatwootToken },
    password: typed.password,
    text: typed.messageText,
  });
  const made = await useEverything();
  const peers = await tenant.peers.secretsOf(tenant.instanceName);
  await provokeErrors();
  await breakPeers();
  await breakTables();
  await hub.stop();
  canaries = allCanaries({ ...made, ...peers });
  caught = { log: [{ where: 'stdout and stderr', text: hub.written() }], answers, ...(await dumpTables(database)) };
});
afterAll(async () => {
  await tenant?.peers.close();
  await database?.drop();
});

function allCanaries(secrets: Readonly<Record<string, string>>): readonly Canary[] {
  const given: Readonly<Record<string, RegExp>> = {
    refreshToken: /^POST \/api\/v1\/auth\/(login|refresh)$/,
    nextRefreshToken: /^POST \/api\/v1\/auth\/(login|refresh)$/,
    accessToken: /^POST \/api\/v1\/auth\/(login|refresh)$/,
    apiKey: /^POST .*\/api-keys$/,
    apiKeySecret: /^POST .*\/api-keys$/,
    hubInstanceToken: /^POST \/api\/v1\/instance-tokens$/,
    invitationToken: /^POST .*\/invitations$/,
  };
  const texts = ['messageText', 'answerText'];
  return [
    ...Object.entries({ ...typed, ...secrets }).map(([name, value]) => ({
      name,
      value,
      sinks: texts.includes(name) ? (['log', 'queue'] as const) : everywhere,
      ...(given[name] === undefined ? {} : { givenBy: given[name] }),
    })),
    { name: 'operatorPassword', value: operator.password, sinks: everywhere },
    { name: 'databasePassword', value: decodeURIComponent(new URL(database.superuserUrl.expose()).password), sinks: everywhere },
  ];
}

/** What the product makes and shows once, and uses after. */
async function useEverything(): Promise<Readonly<Record<string, string>>> {
  const account = `${v1}/accounts/${tenant.accountId}`;
  const as = tenant.principals.admin;
  const email = `agent-${tenant.mark.toLowerCase()}@example.com`;
  const first = await signInAs(client, email, typed.password);
  const second = signedInOf(await client.send('POST', `${v1}/auth/refresh`, { body: {}, headers: ownPage(first.cookie) }));
  await client.send('GET', `${v1}/auth/me`, { as: bearer(second.accessToken) });
  const { link } = await client.ok('POST', `${account}/invitations`, { as, body: { email: 'later@example.com', role: 'viewer' } });
  const { key } = await client.ok('POST', `${account}/api-keys`, { as, body: { name: 'used', scopes: ['instances:read'] } });
  const { token } = await client.ok('POST', `${v1}/instance-tokens`, { as, body: { accountId: tenant.accountId } });
  await client.send('GET', `${account}/instances`, { as: { 'x-api-key': String(key) } });
  await client.send('GET', `${account}/teams`, { as: { 'x-api-key': String(key) } });
  await client.send('GET', `${account}/instances`, { as: bearer(String(token)) });
  await client.send('GET', `${account}/api-keys`, { as: bearer(String(token)) });
  await client.send('GET', `${v1}/instance-tokens/validate`, { as, headers: { 'x-instance-token': String(token) } });
  await tenant.peers.answer(typed.answerText);
  await fetch(`${hub.metricsUrl}/metrics`, { headers: bearer(typed.metricsToken) }).then(async (answer) =>
    answers.push({ where: 'metrics', text: await answer.text() }),
  );
  for (const path of [
    '',
    '/audit',
    '/audit.csv',
    '/sign-ins',
    '/api-keys',
    '/instance-tokens',
    '/invitations',
    '/members',
    '/provider-servers',
    '/instances',
    '/chatwoot-links',
    '/inboxes',
    '/settings',
    '/messages',
    '/dead-letters',
    '/support-visits',
  ])
    await client.send('GET', `${account}${path}`, { as });
  const valueOf = (cookie: string): string => cookie.split('=').slice(1).join('=');
  return {
    refreshToken: valueOf(first.cookie),
    nextRefreshToken: valueOf(second.cookie),
    accessToken: second.accessToken,
    apiKey: String(key),
    apiKeySecret: String(key).slice(-24),
    hubInstanceToken: String(token),
    invitationToken: String(link).split('#')[1] ?? '',
  };
}

/** Secrets in every place where somebody might put one by mistake. */
async function provokeErrors(): Promise<void> {
  const account = `${v1}/accounts/${tenant.accountId}`;
  const as = tenant.principals.admin;
  const { misplaced, strangersKey, unknownAddress } = typed;
  const url = encodeURIComponent(misplaced);
  const server = { provider: 'uazapi', name: 'refused', baseUrl: tenant.peers.gateway.baseUrl };
  const post = (path: string, body: unknown, headers = {}) => client.send('POST', path, { as, body, headers });
  await client.send('POST', `${v1}/auth/login`, { body: { email: operator.email, password: typed.wrongPassword } });
  await client.send('POST', `${v1}/auth/login`, { body: { email: misplaced, password: typed.wrongPassword } });
  await client.send('POST', `${v1}/auth/login`, { body: { email: operator.email, password: { [misplaced]: misplaced } } });
  await client.send('POST', `${v1}/auth/login`, { body: `{"email":"${operator.email}","password":"${strangersKey}` });
  await client.send('POST', `${v1}/invitations/accept`, { body: { token: misplaced, name: 'x', password: misplaced } });
  await post(`${v1}/auth/password`, { currentPassword: typed.wrongPassword, newPassword: misplaced });
  await post(`${account}/provider-servers`, { ...server, adminSecret: typed.wrongAdminSecret });
  await post(`${account}/provider-servers`, { ...server, adminSecret: [misplaced] });
  await post(`${account}/provider-servers`, { ...server, adminSecret: misplaced, baseUrl: 'not an address' });
  await post(`${account}/provider-servers`, { ...server, adminSecret: misplaced, baseUrl: `http://user:${strangersKey}@127.0.0.1:1` });
  await post(`${account}/provider-servers`, { ...server, adminSecret: misplaced, baseUrl: 'http://127.0.0.1:1' });
  await post(`${account}/provider-servers`, { ...server, adminSecret: misplaced.padEnd(600, 'x') });
  await post(`${account}/chatwoot-links`, { ...tenant.peers.chatwoot, chatwootAccountId: 2, token: typed.wrongChatwootToken });
  await post(`${account}/chatwoot-links`, { ...tenant.peers.chatwoot, chatwootAccountId: misplaced, token: misplaced });
  await post('/trpc/teams.create', { json: { accountId: misplaced, name: 1 } }, { 'x-wph-csrf': '1' });
  await post(`${account}/teams`, 'x'.repeat(300_000) + misplaced);
  await post(`${account}/teams`, misplaced, { 'content-type': 'text/plain' });
  await client.send(
    'GET',
    `/trpc/messages.get?input=${encodeURIComponent(JSON.stringify({ json: { accountId: tenant.accountId, id: misplaced } }))}`,
    { as },
  );
  await client.send('GET', `${account}/messages?cursor=${url}&limit=${url}&direction=${url}`, { as });
  for (const path of [
    `${v1}/${url}`,
    `/${url}`,
    `/hooks/uazapi/${unknownAddress}`,
    `${v1}/accounts/${url}`,
    `/health/${url}`,
    `/assets/${url}.js`,
  ])
    await client.send('GET', path, { as });
  await client.send('POST', `/hooks/uazapi/${unknownAddress}`, { body: { token: strangersKey, event: 'messages' } });
  await client.send('POST', `/hooks/chatwoot/${unknownAddress}`, { body: { token: strangersKey } });
  for (const headers of [
    bearer(strangersKey),
    { 'x-api-key': strangersKey },
    { cookie: `__Host-wph_rt=${strangersKey}` },
    { 'x-instance-token': strangersKey },
  ])
    await client.send('GET', `${v1}/auth/me`, { headers });
  await client.send('POST', `${v1}/auth/refresh`, { body: {}, headers: ownPage(`__Host-wph_rt=${strangersKey}`) });
  await fetch(`${hub.metricsUrl}/metrics`, { headers: bearer(strangersKey) });
}

/** Peers that answer with everything they were sent, headers included. */
async function breakPeers(): Promise<void> {
  const { peers, accountId } = tenant;
  const account = `${v1}/accounts/${accountId}`;
  const as = tenant.principals.admin;
  for (const status of [400, 401, 500]) {
    peers.echoFaults(['gateway', 'chatwoot'], status);
    await manageAll(account, as);
  }
  await carryAll(account, as);
}

async function manageAll(account: string, as: Credential): Promise<void> {
  const { peers, ids } = tenant;
  for (const path of [
    `/provider-servers/${ids.providerServer}/check`,
    `/provider-servers/${ids.providerServer}/sync`,
    `/instances/${ids.instance}/refresh`,
    `/instances/${ids.instance}/restart`,
    `/instances/${ids.spareInstance}/connect`,
    `/instances/${ids.instance}/logout`,
  ])
    await client.send('POST', `${account}${path}`, { as, body: {} });
  await client.send('POST', `${account}/provider-servers`, { as, body: { provider: 'uazapi', name: 'echo', ...peers.gateway } });
  await client.send('POST', `${account}/instances`, { as, body: { providerServerId: ids.providerServer, name: 'echo' } });
  await client.send('POST', `${account}/chatwoot-links`, { as, body: { ...peers.chatwoot, chatwootAccountId: 3 } });
  await client.send('GET', `${account}/chatwoot-links/${ids.chatwootLink}/remote-inboxes`, { as });
  await client.send('POST', `${account}/inboxes`, {
    as,
    body: { instanceId: ids.spareInstance, chatwootLinkId: ids.chatwootLink, inboxName: 'echo' },
  });
}

async function carryAll(account: string, as: Credential): Promise<void> {
  const { peers, ids, instanceName } = tenant;
  peers.echoFaults(['chatwoot']);
  peers.write(instanceName, { id: `3EB0${'7'.repeat(18)}`, phone: '5511988887777', name: 'Maria', text: typed.messageText });
  await failures(2);
  peers.echoFaults(['gateway']);
  await peers.answer(typed.answerText);
  await failures(3);
  peers.echoFaults(['gateway'], 400);
  await failures(4);
  for (const path of [
    '/messages',
    `/provider-servers/${ids.providerServer}`,
    `/instances/${ids.instance}`,
    `/messages/${await lastFailed()}`,
  ])
    await client.send('GET', `${account}${path}`, { as });
}

const failures = (least: number): Promise<void> =>
  eventually(async () => {
    const [row] = await database.asSuperuser(`SELECT count(*) AS n FROM app.message_failure WHERE account_id = '${tenant.accountId}'`);
    if (Number(row?.n) < least) throw new Error(`${String(row?.n)} failed attempts`);
  });
const lastFailed = async (): Promise<string> =>
  String(
    (
      await database.asSuperuser(
        `SELECT message_id AS id FROM app.message_failure WHERE account_id = '${tenant.accountId}' ORDER BY id DESC LIMIT 1`,
      )
    )[0]?.id,
  );

/** A database that fails while a secret is on its way into it. */
async function breakTables(): Promise<void> {
  const account = `${v1}/accounts/${tenant.accountId}`;
  const as = tenant.principals.admin;
  tenant.peers.echoFaults([]);
  const without = async (table: string, work: () => Promise<unknown>): Promise<void> => {
    await database.asSuperuser(`ALTER TABLE app.${table} RENAME TO away`);
    await work().finally(() => database.asSuperuser(`ALTER TABLE app.away RENAME TO ${table}`));
  };
  await without('provider_server', () =>
    client.send('POST', `${account}/provider-servers`, { as, body: { provider: 'uazapi', name: 'away', ...tenant.peers.gateway } }),
  );
  await without('chatwoot_link', () => client.send('POST', `${account}/chatwoot-links`, { as, body: tenant.peers.chatwoot }));
  await without('api_key', () => client.send('GET', `${account}/instances`, { headers: { 'x-api-key': tenant.secrets.apiKey ?? '' } }));
  await without('hub_user', () =>
    client.send('POST', `${v1}/auth/login`, { body: { email: operator.email, password: typed.wrongPassword } }),
  );
  await without('session', () => client.send('POST', `${v1}/auth/refresh`, { body: {}, headers: ownPage(tenant.cookies.admin ?? '') }));
  await without('instance_token', () =>
    client.send('GET', `${account}/instances`, { headers: bearer(tenant.secrets.instanceToken ?? '') }),
  );
}

describe('secrets (SE-07)', () => {
  test('none is in the log, in an answer, in the queue or in a table, however it is written', () => {
    const pieces = SINKS.map((sink) => `${sink} ${Math.round(caught[sink].reduce((sum, { text }) => sum + text.length, 0) / 1_024)} KiB`);
    process.stdout.write(
      `canaries: ${canaries.length} in ${answers.length} answers (${statuses.filter((status) => status >= 500).length} of them 5xx), ${caught.queue.length} tables of the queue, ${caught.tables.length} of the Hub (${pieces.join(', ')})\n`,
    );
    expect(findLeaks(canaries, caught)).toEqual([]);
    expect(hub.written().split('\n').length).toBeGreaterThan(100);
    expect(caught.queue.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 500).length).toBeGreaterThanOrEqual(5);
    expect(new Set(statuses)).toEqual(new Set([...statuses, 400, 401, 403, 404, 412, 413, 415]));
  });

  test('the control: what is shown once is seen in the answer that shows it', () => {
    const once = canaries.filter(({ givenBy }) => givenBy !== undefined);
    const seen = findLeaks(
      once.map(({ name, value }) => ({ name, value, sinks: ['answers'] as const })),
      caught,
    );
    expect(new Set(seen.map(({ name }) => name))).toEqual(new Set(once.map(({ name }) => name)));
  });

  test('ten planted leaks are found, ten of ten', () => {
    const value = typed.adminSecret;
    const looked: readonly Canary[] = [{ name: 'planted', value, sinks: everywhere }];
    const bytes = Buffer.from(value);
    const leaks: readonly (readonly [Sink, string])[] = [
      ['log', `{"level":10,"msg":"asked with ${JSON.stringify(value).slice(1, -1)}"}`],
      ['log', `{"authorization":"Basic ${Buffer.from(`admin:${value}`).toString('base64')}"}`],
      ['log', `{"buffer":"${bytes.toString('hex').toUpperCase()}"}`],
      ['log', `{"url":"/x?key=${encodeURIComponent(value)}"}`],
      ['answers', `{"detail":"the server said ${JSON.stringify(value).slice(1, -1)}"}`],
      ['answers', `x-debug: ${bytes.toString('base64url')}`],
      ['queue', JSON.stringify({ data: JSON.stringify({ key: value }) })],
      ['queue', new URLSearchParams({ key: value }).toString()],
      ['tables', `(1,${value})`],
      ['tables', `(1,"\\\\x${Buffer.from(`body ${value} end`).toString('hex')}")`],
    ];
    const found = leaks.map(
      ([sink, text]) => findLeaks(looked, { ...caught, [sink]: [...caught[sink], { where: 'planted', text }] }).length,
    );
    process.stdout.write(
      `planted leaks: ${found.filter((count) => count === 1).length} of ${leaks.length} found, ${writingsOf(value).length} writings looked for\n`,
    );
    expect(found).toEqual(leaks.map(() => 1));
  });
});
