import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Permission } from '@whatpro/sdk/contract';
import { createLive } from '#platform/realtime';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { addAccount, addMember, movableClock, type Process, signIn, startProcess } from './credentials.fixture.ts';

const HOUR = 3_600_000;
const clock = movableClock();
const live = createLive(null, () => undefined);
let testDatabase: TestDatabase;
let hub: Process;
let other: Process;
let accountId: string;
let admin: { authorization: string };
let adminId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 8 });
  hub = await startProcess(testDatabase.database, clock, live);
  other = await startProcess(testDatabase.database, clock, live);
  accountId = await addAccount(testDatabase.database);
  const member = await addMember(testDatabase.database, accountId);
  adminId = member.userId;
  admin = await signIn(hub, member.email);
});
afterAll(async () => {
  await Promise.all([hub.close(), other.close()]);
  await live.close();
  await testDatabase.drop();
});

const keysPath = () => `/accounts/${accountId}/api-keys`;
const here = () => `/accounts/${accountId}`;
interface Made {
  readonly id: string;
  readonly key: string;
  readonly who: { readonly 'x-api-key': string };
}
async function makeKey(scopes: Permission[] = ['account:read'], more: object = {}, by = admin): Promise<Made> {
  const { status, json } = await hub.send('POST', keysPath(), by, { name: 'robot', scopes, ...more });
  if (status !== 201) throw new Error(JSON.stringify(json));
  return { id: json.id, key: json.key, who: { 'x-api-key': json.key } };
}
const rowOf = (id: string) => testDatabase.database.withAccount(accountId, (open) => open.apiKey.findFirstOrThrow({ where: { id } }));
const auditOf = async (id: string) =>
  (
    await testDatabase.database.withAccount(accountId, (open) =>
      open.auditEntry.findMany({ where: { subjectId: id }, orderBy: { id: 'asc' } }),
    )
  ).map(({ action }) => action);

describe('making API keys', () => {
  it('shows the key once, keeps an argon2id hash alone, and leaves an audit entry without it (AK-02)', async () => {
    const made = await makeKey(['account:read', 'audit:read']);
    expect(made.key).toMatch(/^wph_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{36}$/);
    const row = await rowOf(made.id);
    expect(row.secretHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(365 * 24 * HOUR);
    const secret = made.key.slice(22, 52);
    const shown = [
      await hub.send('GET', keysPath(), admin),
      await hub.send('GET', `${keysPath()}/${made.id}`, admin),
      await hub.send('GET', `${here()}/audit`, admin),
    ];
    for (const { status, text } of shown)
      expect([status, text.includes(secret), text.includes(row.secretHash)]).toEqual([200, false, false]);
    const dump = await testDatabase.asSuperuser(`SELECT k::text AS row FROM app.api_key k UNION ALL SELECT a::text FROM app.audit_entry a`);
    expect(dump.filter(({ row: text }) => String(text).includes(secret))).toEqual([]);
    expect(await auditOf(made.id)).toEqual(['api-key.created']);
    expect(shown[1]?.json).toMatchObject({ state: 'active', scopes: ['account:read', 'audit:read'], createdBy: adminId, perMinute: 600 });
  });

  it('is for people who may: nobody signed in 401, a viewer 403, a stranger as if there were no account (AK-08)', async () => {
    const input = { name: 'x', scopes: ['account:read'] };
    const viewer = await signIn(hub, (await addMember(testDatabase.database, accountId, 'viewer')).email);
    const stranger = await signIn(hub, (await addMember(testDatabase.database, await addAccount(testDatabase.database))).email);
    expect((await hub.send('POST', keysPath(), {}, input)).status).toBe(401);
    expect((await hub.send('POST', keysPath(), viewer, input)).status).toBe(403);
    const foreign = await hub.send('POST', keysPath(), stranger, input);
    const missing = await hub.send('POST', `/accounts/${randomUUID()}/api-keys`, stranger, input);
    expect([foreign.status, { ...foreign.json, requestId: '' }]).toEqual([404, { ...missing.json, requestId: '' }]);
  });

  it.each([
    { userId: randomUUID() },
    { createdBy: randomUUID() },
    { sub: 'x' },
    { scopes: [] },
    { scopes: ['members:write'] },
    { scopes: ['api-keys:write'] },
    { scopes: ['account:read', 'account:read'] },
    { expiresInDays: 366 },
    { perMinute: 0 },
    { name: '' },
  ])('refuses %j, for strangers before looking at it (CVE-2025-61928)', async (bad) => {
    const input = { name: 'x', scopes: ['account:read'], ...bad };
    expect([(await hub.send('POST', keysPath(), admin, input)).status, (await hub.send('POST', keysPath(), {}, input)).status]).toEqual([
      400, 401,
    ]);
  });

  it('lets one of two win the last place that the account’s limit leaves', async () => {
    const full = await addAccount(testDatabase.database);
    await testDatabase.database.withAccount(full, (open) => open.accountLimit.create({ data: { name: 'api-keys', value: 1 } }));
    const by = await signIn(hub, (await addMember(testDatabase.database, full)).email);
    const answers = await Promise.all(
      [1, 2].map(() => hub.send('POST', `/accounts/${full}/api-keys`, by, { name: 'x', scopes: ['account:read'] })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403]);
    expect(answers.find(({ status }) => status === 403)?.json.code).toBe('limits/api-keys');
  });
});

describe('using API keys', () => {
  it('works by X-API-Key and as bearer, and never beside another credential', async () => {
    const { key, who } = await makeKey();
    expect((await hub.send('GET', here(), who)).status).toBe(200);
    expect((await hub.send('GET', here(), { authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await hub.send('GET', here(), { ...who, ...admin })).status).toBe(401);
    expect((await hub.send('GET', here(), { 'x-api-key': admin.authorization.slice(7) })).status).toBe(401);
  });

  it('refuses a mistyped key without asking the database, and a made-up one with one look (AK-01, AK-03)', async () => {
    const { key } = await makeKey();
    const last = key.at(-1) === 'x' ? 'y' : 'x';
    const looked = hub.cost.looked;
    expect((await hub.send('GET', here(), { 'x-api-key': key.slice(0, -1) + last })).status).toBe(401);
    expect(hub.cost.looked).toBe(looked);
    const { makeApiKey } = await import('#modules/access');
    const invented = { 'x-api-key': makeApiKey().key.expose() };
    for (let at = 0; at < 5; at += 1) expect((await hub.send('GET', here(), invented)).status).toBe(401);
    expect(hub.cost.looked).toBe(looked + 1);
  });

  it('refuses a key whose secret is another key’s', async () => {
    const [one, two] = [await makeKey(), await makeKey()];
    await testDatabase.asSuperuser(
      `UPDATE app.api_key SET secret_hash = (SELECT secret_hash FROM app.api_key WHERE id = '${two.id}') WHERE id = '${one.id}'`,
    );
    expect((await hub.send('GET', here(), one.who)).status).toBe(401);
    expect((await hub.send('GET', here(), two.who)).status).toBe(200);
  });

  it('stops listening to a network that tries many keys, and keeps serving keys it knows', async () => {
    const { makeApiKey } = await import('#modules/access');
    const fresh = await startProcess(testDatabase.database, clock);
    const { who } = await makeKey();
    expect((await fresh.send('GET', here(), who)).status).toBe(200);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => fresh.send('GET', here(), { 'x-api-key': makeApiKey().key.expose() })),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(60);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40);
    expect((await fresh.send('GET', here(), who)).status).toBe(200);
    await fresh.close();
  });

  it('hashes once for many calls at once and after, and again only when 30 seconds are over (AK-03)', async () => {
    const { who } = await makeKey();
    const before = hub.cost.verified;
    const answers = await Promise.all(Array.from({ length: 40 }, () => hub.send('GET', here(), who)));
    expect([new Set(answers.map(({ status }) => status)), hub.cost.verified - before]).toEqual([new Set([200]), 1]);
    clock.pass(25_000);
    await hub.send('GET', here(), who);
    expect(hub.cost.verified - before).toBe(1);
    clock.pass(6_000);
    await hub.send('GET', here(), who);
    expect(hub.cost.verified - before).toBe(2);
  });

  it('does what its scopes say and nothing else: 403 elsewhere, 404 in other accounts, no user API, no credentials (AK-06, AK-08)', async () => {
    const { id, who } = await makeKey(['account:read', 'api-keys:read']);
    expect((await hub.send('GET', here(), who)).status).toBe(200);
    expect((await hub.send('GET', keysPath(), who)).status).toBe(200);
    expect((await hub.send('GET', `${here()}/audit`, who)).status).toBe(403);
    expect((await hub.send('PATCH', here(), who, { name: 'X' })).status).toBe(403);
    expect((await hub.send('POST', keysPath(), who, { name: 'x', scopes: ['account:read'] })).status).toBe(403);
    expect((await hub.send('POST', `${keysPath()}/${id}/rotate`, who, {})).status).toBe(403);
    expect((await hub.send('DELETE', `${keysPath()}/${id}`, who)).status).toBe(403);
    expect((await hub.send('POST', '/instance-tokens', who, { accountId })).status).toBe(403);
    expect((await hub.send('GET', '/auth/me', who)).status).toBe(403);
    expect((await hub.send('GET', '/accounts', who)).status).toBe(403);
    const foreign = await hub.send('GET', `/accounts/${await addAccount(testDatabase.database)}`, who);
    const missing = await hub.send('GET', `/accounts/${randomUUID()}`, who);
    expect([foreign.status, { ...foreign.json, requestId: '' }]).toEqual([404, { ...missing.json, requestId: '' }]);
  });

  it('shrinks with its maker at the next look, and dies with their membership (AK-06)', async () => {
    const maker = await addMember(testDatabase.database, accountId);
    const { who } = await makeKey(['account:read', 'audit:read'], {}, await signIn(hub, maker.email));
    const statuses = async () => [(await hub.send('GET', here(), who)).status, (await hub.send('GET', `${here()}/audit`, who)).status];
    expect(await statuses()).toEqual([200, 200]);
    const change = (data: { role?: string; disabledAt?: Date }) =>
      testDatabase.database.withAccount(accountId, (open) => open.member.updateMany({ where: { userId: maker.userId }, data }));
    await change({ role: 'viewer' });
    clock.pass(5_000);
    expect(await statuses()).toEqual([200, 403]);
    await change({ disabledAt: new Date() });
    clock.pass(5_000);
    expect(await statuses()).toEqual([401, 401]);
  });

  it('notes its last use at most once a minute (AK-04)', async () => {
    const { id, who } = await makeKey();
    const used = async () => (await rowOf(id)).lastUsedAt?.getTime() ?? null;
    await Promise.all(Array.from({ length: 50 }, () => hub.send('GET', here(), who)));
    await expect.poll(used, { timeout: 2_000, interval: 20 }).not.toBeNull();
    const first = await used();
    clock.pass(50_000);
    await hub.send('GET', here(), who);
    await other.send('GET', here(), who);
    expect(await used()).toBe(first);
    clock.pass(20_000);
    await hub.send('GET', here(), who);
    await expect.poll(used, { timeout: 2_000, interval: 20 }).not.toBe(first);
  });
});

describe('limits of API keys (AK-07)', () => {
  it('admits exactly 50 of 100 at once at a limit of 50, and says when to come back', async () => {
    const { who } = await makeKey(['account:read'], { perMinute: 50 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => hub.send('GET', here(), who)));
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([50, 50]);
    expect(refused[0]?.json.code).toBe('request/too-many');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('ratelimit')).toMatch(/r=0;t=\d+/);
    clock.pass(61_000);
    expect((await hub.send('GET', here(), who)).status).toBe(200);
  });

  it('counts each item of a batch', async () => {
    const { who } = await makeKey(['account:read'], { perMinute: 15 });
    const batch = async () => {
      const paths = Array.from({ length: 10 }, () => 'accounts.get').join(',');
      const input = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [at, { json: { accountId } }]));
      const answer = await fetch(`${hub.origin}/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`, {
        headers: who,
      });
      return ((await answer.json()) as { error?: unknown }[]).filter(({ error }) => error === undefined).length;
    };
    expect([await batch(), await batch()]).toEqual([10, 5]);
  });
});

describe('rotating and revoking API keys', () => {
  it('keeps both working in the overlap, and ends the old one at its very end (AK-05)', async () => {
    const old = await makeKey(['account:read', 'audit:read'], { perMinute: 77 });
    const rotated = await hub.send('POST', `${keysPath()}/${old.id}/rotate`, admin, { overlapHours: 2 });
    expect([rotated.status, rotated.json.scopes, rotated.json.perMinute]).toEqual([201, ['account:read', 'audit:read'], 77]);
    const works = async (key: string) => (await hub.send('GET', here(), { 'x-api-key': key })).status;
    expect([await works(old.key), await works(rotated.json.key)]).toEqual([200, 200]);
    expect((await hub.send('GET', `${keysPath()}/${old.id}`, admin)).json).toMatchObject({ state: 'rotated', rotatedTo: rotated.json.id });
    const end = (await rowOf(old.id)).expiresAt.getTime();
    admin = await signIn(
      hub,
      (await testDatabase.database.system.run((tables) => tables.hubUser.findUniqueOrThrow({ where: { id: adminId } }))).email,
    );
    clock.pass(end - clock.now().getTime() - 1);
    expect(await works(old.key)).toBe(200);
    clock.pass(1);
    expect([await works(old.key), await works(rotated.json.key)]).toEqual([401, 200]);
    expect(await auditOf(old.id)).toEqual(['api-key.created', 'api-key.rotated']);
    admin = await signIn(
      hub,
      (await testDatabase.database.system.run((tables) => tables.hubUser.findUniqueOrThrow({ where: { id: adminId } }))).email,
    );
  });

  it('rotates once, though asked twice at the same time', async () => {
    const { id } = await makeKey();
    const answers = await Promise.all([1, 2].map(() => hub.send('POST', `${keysPath()}/${id}/rotate`, admin, {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect((await hub.send('POST', `${keysPath()}/${randomUUID()}/rotate`, admin, {})).status).toBe(404);
  });

  it('revokes at once here and, told by the live bus, in the other processes, under load (AK-03)', async () => {
    const { id, who } = await makeKey(['account:read'], { perMinute: 6_000 });
    for (const each of [hub, other]) expect((await each.send('GET', here(), who)).status).toBe(200);
    let revokedAt = 0;
    const late: number[] = [];
    const load = async (each: Process) => {
      for (let at = 0; at < 60; at += 1) {
        const begun = performance.now();
        const { status } = await each.send('GET', here(), who);
        if (status === 200 && revokedAt > 0 && begun > revokedAt) late.push(begun - revokedAt);
        if (status === 401) return 'refused';
      }
      return 'never refused';
    };
    const running = [hub, other, hub, other].map(load);
    expect((await hub.send('DELETE', `${keysPath()}/${id}`, admin)).status).toBe(204);
    revokedAt = performance.now();
    expect(await Promise.all(running)).toEqual(Array.from({ length: 4 }, () => 'refused'));
    expect(Math.max(0, ...late)).toBeLessThan(500);
    expect((await hub.send('DELETE', `${keysPath()}/${id}`, admin)).status).toBe(204);
    expect((await hub.send('DELETE', `${keysPath()}/${randomUUID()}`, admin)).status).toBe(404);
    expect(await auditOf(id)).toEqual(['api-key.created', 'api-key.revoked']);
  });

  it('is refused within five seconds also in a process that nobody told', async () => {
    const deaf = await startProcess(testDatabase.database, clock);
    const { id, who } = await makeKey();
    expect((await deaf.send('GET', here(), who)).status).toBe(200);
    await hub.send('DELETE', `${keysPath()}/${id}`, admin);
    clock.pass(4_999);
    expect((await deaf.send('GET', here(), who)).status).toBe(401);
    await deaf.close();
  });
});
