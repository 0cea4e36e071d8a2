import { randomBytes, randomUUID } from 'node:crypto';
import { CREDENTIAL_SCOPES } from '@whatpro/sdk/contract';
import type { TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import { operator } from './fault-hub.ts';
import { bearer, signInAs } from './security-client.ts';
import type { Client, Credential } from './security-client.ts';
import { startCountedPeers } from './security-peers.ts';
import type { CountedPeers, PeerSecrets } from './security-peers.ts';

export interface Tenant {
  readonly accountId: string;
  /** In every text of the account. */
  readonly mark: string;
  /** By what they are, such as `instance` or `team`. */
  readonly ids: Readonly<Record<string, string>>;
  readonly userIds: Readonly<Record<string, string>>;
  readonly principals: Readonly<Record<PrincipalName, Credential>>;
  readonly cookies: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly instanceName: string;
  readonly peers: CountedPeers;
}

export const PRINCIPALS = ['admin', 'supervisor', 'agent', 'viewer', 'api-key', 'instance-token'] as const;
export type PrincipalName = (typeof PRINCIPALS)[number];

export interface TenantPlan {
  readonly mark: string;
  readonly secrets: PeerSecrets;
  /** For every person of the account. */
  readonly password: string;
  /** Of the one message. */
  readonly text?: string;
}

const v1 = '/api/v1';

/** An account with at least one row in every table, made through the product wherever it can make one. */
export async function seedTenant(client: Client, database: TestDatabase, plan: TenantPlan): Promise<Tenant> {
  const { mark, password } = plan;
  const low = mark.toLowerCase();
  const peers = await startCountedPeers(plan.secrets);
  const op = { as: bearer((await signInAs(client, operator.email, operator.password)).accessToken) };
  const idOf = async (...call: Parameters<Client['ok']>): Promise<string> => String((await client.ok(...call)).id);

  const accountId = await idOf('POST', `${v1}/accounts`, { ...op, body: { name: mark } });
  const account = `${v1}/accounts/${accountId}`;
  const people: Record<string, { userId: string; as: Credential; cookie: string }> = {};
  for (const role of ['admin', 'supervisor', 'agent', 'viewer']) {
    const email = `${role}-${low}@example.com`;
    const { link } = await client.ok('POST', `${account}/invitations`, { ...op, body: { email, role } });
    const token = String(link).split('#')[1];
    await client.ok('POST', `${v1}/invitations/accept`, { body: { token, name: `${role} ${mark}`, password } });
    const { accessToken, userId, cookie } = await signInAs(client, email, password);
    people[role] = { userId, as: bearer(accessToken), cookie };
  }
  const admin = { as: people.admin?.as ?? {} };
  const post = (path: string, body: unknown, headers: Credential = {}): Promise<Record<string, unknown>> =>
    client.ok('POST', `${account}${path}`, { ...admin, body, headers });
  const made = async (path: string, body: unknown): Promise<string> => String((await post(path, body)).id);

  await client.ok('PUT', `${account}/limits`, { ...op, body: { limits: { members: 50, 'api-keys': 50 } } });
  await client.ok('PUT', `${account}/features`, { ...op, body: { features: { 'audit-export': true } } });
  const invitation = await made('/invitations', { email: `waits-${low}@example.com`, role: 'agent' });
  const team = await made('/teams', { name: mark });
  const otherTeam = await made('/teams', { name: `other ${mark}`.slice(0, 80) });
  const { items } = (await client.ok('GET', `${account}/members`, admin)) as { items: { id: string; userId: string }[] };
  const memberOf = (role: string): string => items.find(({ userId }) => userId === people[role]?.userId)?.id ?? '';
  const origin = await made('/origins', { origin: `https://${low}.example.com` });
  const visit = await idOf('POST', `${account}/support-visits`, { ...op, body: { reason: `help wanted ${mark}`, minutes: 30 } });

  const providerServer = await made('/provider-servers', { provider: 'uazapi', name: mark, ...peers.gateway });
  const instance = await made('/instances', { providerServerId: providerServer, name: mark });
  const spareInstance = await made('/instances', { providerServerId: providerServer, name: `s${mark}`.slice(0, 49) });
  await post(`/instances/${instance}/connect`, {});
  peers.scan(mark, '551133334444');
  await eventually(async () => {
    const { state } = await client.ok('GET', `${account}/instances/${instance}`, admin);
    if (state !== 'connected') throw new Error(`the instance is ${String(state)}`);
  });
  const chatwootLink = await made('/chatwoot-links', peers.chatwoot);
  const inbox = await made('/inboxes', { instanceId: instance, chatwootLinkId: chatwootLink, inboxName: mark });
  for (const role of ['supervisor', 'agent']) await client.ok('PUT', `${account}/teams/${team}/members/${memberOf(role)}`, admin);
  await client.ok('PUT', `${account}/teams/${team}/inboxes/${inbox}`, admin);

  peers.write(mark, { id: messageId(), phone: '5511988887777', name: mark, text: plan.text ?? `bom dia ${mark}` });
  peers.receipt(mark, messageId());
  const message = await eventually(async () => {
    const { items: found } = (await client.ok('GET', `${account}/messages`, admin)) as {
      items: { id: string; threadId: string; state: string }[];
    };
    if (found[0]?.state !== 'delivered') throw new Error(`the message is ${found[0]?.state ?? 'not there'}`);
    return found[0];
  });
  await plantFailure(database, accountId, message.id, mark);

  await post('/teams', { name: `once ${mark}`.slice(0, 80) }, { 'idempotency-key': randomUUID() });
  const key = await post('/api-keys', { name: mark, scopes: CREDENTIAL_SCOPES, perMinute: 6_000 });
  const token = await client.ok('POST', `${v1}/instance-tokens`, {
    ...admin,
    body: { accountId, origin: `https://${low}.example.com`, scopes: CREDENTIAL_SCOPES, ttlSeconds: 900 },
  });
  const freeToken = await client.ok('POST', `${v1}/instance-tokens`, {
    ...admin,
    body: { accountId, scopes: CREDENTIAL_SCOPES, ttlSeconds: 900 },
  });
  const sessions = (await client.ok('GET', `${v1}/me/sessions`, admin)) as unknown as { id: string }[];
  const auditEntries = (await client.ok('GET', `${account}/audit?limit=1`, admin)) as { items: { id: string }[] };

  return {
    accountId,
    mark,
    instanceName: mark,
    peers,
    ids: {
      account: accountId,
      member: memberOf('agent'),
      invitation,
      team,
      otherTeam,
      origin,
      visit,
      providerServer,
      instance,
      spareInstance,
      chatwootLink,
      inbox,
      message: message.id,
      thread: message.threadId,
      apiKey: String(key.id),
      instanceToken: String(token.id),
      session: sessions[0]?.id ?? '',
      auditEntry: auditEntries.items[0]?.id ?? '',
      user: people.agent?.userId ?? '',
    },
    userIds: Object.fromEntries(Object.entries(people).map(([role, { userId }]) => [role, userId])),
    cookies: Object.fromEntries(Object.entries(people).map(([role, { cookie }]) => [role, cookie])),
    secrets: { apiKey: String(key.key), instanceToken: String(freeToken.token), boundToken: String(token.token) },
    principals: {
      admin: people.admin?.as ?? {},
      supervisor: people.supervisor?.as ?? {},
      agent: people.agent?.as ?? {},
      viewer: people.viewer?.as ?? {},
      'api-key': { 'x-api-key': String(key.key) },
      'instance-token': bearer(String(freeToken.token)),
    },
  };
}

const messageId = (): string => `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;

/** No peer of the tests refuses for good, so the dead letter and its failed attempt are made by hand. */
async function plantFailure(database: TestDatabase, accountId: string, message: string, mark: string): Promise<void> {
  const failure = JSON.stringify({ kind: 'rejected', retry: 'never', certainty: 'not-done', detail: mark });
  await database.asSuperuser(`
    INSERT INTO app.message_failure (account_id, message_id, attempt, outcome, failure) VALUES ('${accountId}', '${message}', 1, 'dead', '${failure}');
    UPDATE app.message SET state = 'dead', cause = '${failure}' WHERE account_id = '${accountId}' AND id = '${message}'`);
}

/** The tables that accounts own. */
export async function tenantTables(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.asSuperuser(`
    SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'app' AND c.relkind = 'r' AND (c.relname = 'account'
      OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped)) ORDER BY 1`);
  return rows.map(({ name }) => String(name));
}

/** Table by table: how many rows, and the digest of all of them, read past every policy. */
export async function checksums(database: TestDatabase, accountId: string): Promise<Readonly<Record<string, string>>> {
  const parts = (await tenantTables(database)).map(
    (table) => `SELECT '${table}' AS name, count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') AS sum
      FROM app.${table} t WHERE ${table === 'account' ? 'id' : 'account_id'} = '${accountId}'`,
  );
  const rows = await database.asSuperuser(parts.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, sum }) => [String(name), String(sum)]));
}
