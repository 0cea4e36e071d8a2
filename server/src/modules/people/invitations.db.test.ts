import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS } from '@whatpro/sdk/contract';
import { wholeAccount } from '#platform/trpc';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { createInvitation } from './create-invitation.ts';
import { type PeopleHub, startPeopleHub } from './people.fixture.ts';

let testDatabase: TestDatabase;
let hub: PeopleHub;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 8 });
  hub = await startPeopleHub(testDatabase.database);
});
afterAll(async () => {
  await hub.close();
  await testDatabase.drop();
});

const newcomer = { name: 'Bia', password: 'janela azul do mar' };
const invite = async (
  { path, creator }: { path: string; creator: { token: string } },
  email = `${randomUUID()}@example.com`,
  role = 'agent',
) => {
  const { status, json } = await hub.send('POST', `${path}/invitations`, creator.token, { email, role });
  return { status, json, email, token: String(json.link).split('#')[1] ?? '' };
};
const accept = (body: object, token: string | null = null, from?: string) => hub.send('POST', '/invitations/accept', token, body, from);
const stateOf = async ({ path, creator }: { path: string; creator: { token: string } }, id: string) =>
  (await hub.send('GET', `${path}/invitations`, creator.token)).json.items.find((item: { id: string }) => item.id === id)?.state;
const invalid = { status: 400, json: { code: 'people/invitation-invalid' } };

describe('an invitation', () => {
  it('shows its link once, keeps only the hash of its token, and lasts seven days', async () => {
    const account = await hub.account();
    const made = await invite(account, `Ana.${randomUUID()}@Example.com`);
    expect(made).toMatchObject({ status: 201, json: { email: made.email.toLowerCase(), role: 'agent', state: 'pending' } });
    expect(made.json.link).toMatch(/^https:\/\/hub\.example\.com\/invitation#[\w-]{43}$/);
    expect(Date.parse(made.json.expiresAt) - Date.parse(made.json.createdAt)).toBe(7 * 86_400_000);
    const { link: _, ...listed } = made.json;
    expect((await hub.send('GET', `${account.path}/invitations`, account.creator.token)).json.items).toEqual([listed]);
    const [row] = await testDatabase.asSuperuser(`SELECT * FROM app.invitation WHERE id = '${made.json.id}'`);
    expect(JSON.stringify(row)).not.toContain(made.token);
    expect(row?.['token_sha256']).toEqual(createHash('sha256').update(made.token).digest());
    const audit = await hub.send('GET', `${account.path}/audit?action=invitation.created`, account.creator.token);
    expect(audit.json.items).toMatchObject([{ after: { email: made.email.toLowerCase(), role: 'agent' } }]);
    expect(JSON.stringify(audit.json)).not.toContain(made.token);
  });

  it('makes a new person a member, who signs in with the password they chose', async () => {
    const account = await hub.account();
    const { email, token } = await invite(account);
    expect(await accept({ token, ...newcomer })).toMatchObject({
      status: 200,
      json: { accountId: account.id, accountName: 'Loja', email, role: 'agent' },
    });
    const { json } = await hub.send('POST', '/auth/login', null, { email, password: newcomer.password });
    expect((await hub.send('GET', account.path, json.accessToken)).status).toBe(200);
    const audit = await hub.send('GET', `${account.path}/audit?action=invitation.accepted`, account.creator.token);
    expect(audit.json.items).toMatchObject([{ actor: { id: json.user.id, name: 'Bia' }, after: { email, role: 'agent' } }]);
  });

  it('is used once, however many come with it at once: of 20 one gets in', async () => {
    const account = await hub.account();
    const { json, token, email } = await invite(account);
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept({ token, ...newcomer })));
    const codes = answers.map((answer) => answer.json.code ?? 'in').sort();
    expect(codes.filter((code) => code === 'in')).toHaveLength(1);
    expect(new Set(codes)).not.toContain('request/internal');
    const rows = await testDatabase.asSuperuser(
      `SELECT m.id FROM app.member m JOIN app.hub_user u ON u.id = m.user_id WHERE u.email = '${email}'`,
    );
    expect(rows).toHaveLength(1);
    expect(await stateOf(account, json.id)).toBe('accepted');
  });

  it('is used once by a signed-in person too: of 20 one gets in', async () => {
    const account = await hub.account();
    const someone = await hub.person();
    const { token } = await invite(account, someone.email);
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept({ token }, someone.token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
  });

  it('gives nobody a way into a user who exists: they sign in themselves', async () => {
    const account = await hub.account();
    const [someone, thief] = [await hub.person(), await hub.person()];
    const { json, token } = await invite(account, someone.email);
    expect(await accept({ token, ...newcomer })).toMatchObject({ status: 409, json: { code: 'people/sign-in-to-accept' } });
    expect(await accept({ token }, thief.token)).toMatchObject(invalid);
    expect(await accept({ token, ...newcomer }, thief.token)).toMatchObject(invalid);
    expect(await stateOf(account, json.id)).toBe('pending');
    expect(await accept({ token }, someone.token)).toMatchObject({ status: 200, json: { role: 'agent' } });
    expect((await hub.send('GET', account.path, someone.token)).status).toBe(200);
    expect(await hub.signIn(someone.email)).toEqual(expect.any(String));
  });

  it('of one e-mail to two accounts, accepted at once, makes one user', async () => {
    const [one, other] = [await hub.account(), await hub.account()];
    const first = await invite(one);
    const second = await invite(other, first.email);
    const answers = await Promise.all([first, second].map(({ token }) => accept({ token, ...newcomer })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await testDatabase.asSuperuser(`SELECT id FROM app.hub_user WHERE email = '${first.email}'`)).toHaveLength(1);
  });

  it('that is unknown, used, revoked, replaced, expired or of a suspended account is refused in one way', async () => {
    const account = await hub.account();
    const used = await invite(account);
    await accept({ token: used.token, ...newcomer });
    const revoked = await invite(account);
    expect((await hub.send('DELETE', `${account.path}/invitations/${revoked.json.id}`, account.creator.token)).status).toBe(204);
    const replaced = await invite(account);
    const again = await invite(account, replaced.email);
    const expired = await invite(account);
    await testDatabase.asSuperuser(`UPDATE app.invitation SET expires_at = now() - interval '1 second' WHERE id = '${expired.json.id}'`);
    const elsewhere = await hub.account();
    const suspended = await invite(elsewhere);
    await hub.send('POST', `${elsewhere.path}/suspend`, elsewhere.creator.token);

    const bodies: unknown[] = [];
    for (const { token } of [{ token: 'x' }, used, revoked, replaced, expired, suspended]) {
      const { status, json } = await accept({ token, ...newcomer });
      const { requestId: _, ...body } = json;
      bodies.push({ status, body });
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies[0]).toMatchObject({ status: 400, body: { code: 'people/invitation-invalid' } });
    expect(await stateOf(account, expired.json.id)).toBe('expired');
    expect(await stateOf(account, replaced.json.id)).toBe('revoked');
    expect((await accept({ token: again.token, ...newcomer })).status).toBe(200);
  });

  it('asks for a name and a password that is not easy, and still waits after each refusal', async () => {
    const account = await hub.account();
    const { token, email, json } = await invite(account);
    expect((await accept({ token })).json.code).toBe('people/name-and-password');
    expect((await accept({ token, name: 'Bia', password: 'password2026' })).json.code).toBe('people/weak-password');
    expect((await accept({ token, name: 'Bia', password: `${email}1` })).json.code).toBe('people/weak-password');
    expect((await accept({ token, ...newcomer, role: 'admin' })).json.code).toBe('request/invalid');
    expect(await stateOf(account, json.id)).toBe('pending');
  });

  it('is not made for a member, for a role that is none, or twice revoked', async () => {
    const account = await hub.account();
    const { email } = await hub.member(account.id, 'viewer');
    expect((await invite(account, email)).json.code).toBe('people/already-member');
    expect((await invite(account, undefined, 'operator')).status).toBe(400);
    const { json } = await invite(account);
    const address = `${account.path}/invitations/${json.id}`;
    expect((await hub.send('DELETE', address, account.creator.token)).status).toBe(204);
    expect((await hub.send('DELETE', address, account.creator.token)).json.code).toBe('people/invitation-not-found');
  });

  it('gives no role that may do more than whoever gives it: a key for members alone invites nobody who may do more', async () => {
    const { id } = await hub.account();
    const context = {
      account: { id },
      actor: { kind: 'system', name: 'test' },
      reach: wholeAccount,
      request: { requestId: 'req_test', ip: '', userAgent: null },
      database: { run: <T>(work: Parameters<typeof hub.database.withAccount<T>>[1]) => hub.database.withAccount(id, work) },
      tools: { access: hub.access, publicUrl: 'https://hub.example.com' },
      permissions: new Set(['members:read', 'members:write'] as const),
    } as const;
    await expect(createInvitation(context, { email: 'x@example.com', role: 'viewer' })).rejects.toMatchObject({
      entry: { code: 'people/role-too-high' },
    });
    const permissions = new Set(PERMISSIONS);
    expect(await createInvitation({ ...context, permissions }, { email: 'x@example.com', role: 'admin' })).toMatchObject({ role: 'admin' });
  });

  it('takes a place among the members that the account may have; of two at the last place one is made', async () => {
    const account = await hub.account();
    await hub.database.withAccount(account.id, (tables) => tables.accountLimit.create({ data: { name: 'members', value: 2 } }));
    const answers = await Promise.all([invite(account), invite(account)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403]);
    expect(answers.map(({ json }) => json.code)).toContain('limits/members');
    const token = answers.find(({ status }) => status === 201)?.token;
    expect((await accept({ token, ...newcomer })).status).toBe(200);
  });

  it('is no oracle: who guesses tokens shares the limit of signing in', async () => {
    const statuses = [];
    for (let guess = 0; guess < 32; guess += 1) statuses.push((await accept({ token: `guess-${guess}` }, null, '198.51.100.7')).status);
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 400), 429, 429]);
    expect((await hub.send('POST', '/auth/login', null, { email: 'a@example.com', password: 'x' }, '198.51.100.7')).status).toBe(429);
  });
});
