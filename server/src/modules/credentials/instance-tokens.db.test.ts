import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLive } from '#platform/realtime';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { addAccount, addInstance, addMember, movableClock, type Process, signIn, startProcess } from './credentials.fixture.ts';

const clock = movableClock();
const live = createLive(null, () => undefined);
let testDatabase: TestDatabase;
let hub: Process;
let other: Process;
let accountId: string;
let admin: { authorization: string };
beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 8 });
  hub = await startProcess(testDatabase.database, clock, live);
  other = await startProcess(testDatabase.database, clock, live);
  accountId = await addAccount(testDatabase.database);
  admin = await signIn(hub, (await addMember(testDatabase.database, accountId)).email);
});
afterAll(async () => {
  await Promise.all([hub.close(), other.close()]);
  await live.close();
  await testDatabase.drop();
});

const issue = async (input: object = {}, by = admin) => {
  const { status, json } = await hub.send('POST', '/instance-tokens', by, { accountId, ...input });
  if (status !== 201) throw new Error(JSON.stringify(json));
  return {
    id: String(json.id),
    token: String(json.token),
    scopes: json.scopes as string[],
    who: { authorization: `Bearer ${json.token}` },
  };
};
const here = () => `/accounts/${accountId}`;
const tokensPath = () => `${here()}/instance-tokens`;
const validate = (token: string | null, by: Readonly<Record<string, string>> = admin) =>
  hub.send('GET', '/instance-tokens/validate', { ...by, ...(token === null ? {} : { 'x-instance-token': token }) });
const auditOf = async (id: string) =>
  (
    await testDatabase.database.withAccount(accountId, (open) =>
      open.auditEntry.findMany({ where: { subjectId: id }, orderBy: { id: 'asc' } }),
    )
  ).map(({ action, after }) => ({ action, after }));

describe('issuing instance tokens', () => {
  it('gives id, token and end; stores a row without the token; leaves an audit entry', async () => {
    const begun = clock.now().getTime();
    const answer = await hub.send('POST', '/instance-tokens', admin, { accountId });
    expect([answer.status, Object.keys(answer.json).toSorted()]).toEqual([201, ['expiresAt', 'id', 'scopes', 'token']]);
    expect(Math.abs(Date.parse(answer.json.expiresAt) - begun - 300_000)).toBeLessThan(2_000);
    const rows = await testDatabase.asSuperuser(`SELECT t::text AS row FROM app.instance_token t WHERE id = '${answer.json.id}'`);
    expect([rows.length, String(rows[0]?.['row']).includes('eyJ')]).toEqual([1, false]);
    expect((await hub.send('GET', tokensPath(), admin)).json.items[0]).toMatchObject({
      id: answer.json.id,
      state: 'active',
      scopes: answer.json.scopes,
    });
    expect((await auditOf(answer.json.id)).map(({ action }) => action)).toEqual(['instance-token.issued']);
  });

  it('leaves out what is asked for beyond the issuer’s rights, the account’s features and an instance’s business (IT-04)', async () => {
    const { instanceId } = await addInstance(testDatabase.database, accountId);
    expect((await issue({ scopes: ['audit:read', 'messages:read'] })).scopes).toEqual(['audit:read', 'messages:read']);
    expect((await issue({ scopes: ['audit:read', 'messages:read'], instanceId })).scopes).toEqual(['messages:read']);
    expect((await hub.send('POST', '/instance-tokens', admin, { accountId, instanceId, scopes: ['audit:read'] })).json.code).toBe(
      'credentials/beyond-your-rights',
    );
    const plain = await addAccount(testDatabase.database);
    const by = await signIn(hub, (await addMember(testDatabase.database, plain)).email);
    await testDatabase.database.withAccount(plain, (open) =>
      open.accountFeature.create({ data: { name: 'dead-letter-replay', enabled: false } }),
    );
    const narrowed = await hub.send('POST', '/instance-tokens', by, {
      accountId: plain,
      scopes: ['dead-letters:write', 'dead-letters:read'],
    });
    expect(narrowed.json.scopes).toEqual(['dead-letters:read']);
  });

  it.each([
    { ttlSeconds: 901 },
    { ttlSeconds: 0 },
    { origin: 'https://chat.example.com/path' },
    { origin: '*' },
    { origin: 'javascript:alert(1)' },
    { scopes: ['api-keys:write'] },
    { scopes: ['instance-tokens:write'] },
    { sub: randomUUID() },
  ])('refuses %j', async (bad) => expect((await hub.send('POST', '/instance-tokens', admin, { accountId, ...bad })).status).toBe(400));

  it('is for those who may: 401 for nobody, 403 for a viewer, and another account’s instance is no instance', async () => {
    const viewer = await signIn(hub, (await addMember(testDatabase.database, accountId, 'viewer')).email);
    const foreign = await addInstance(testDatabase.database, await addAccount(testDatabase.database));
    expect((await hub.send('POST', '/instance-tokens', {}, { accountId })).status).toBe(401);
    expect((await hub.send('POST', '/instance-tokens', viewer, { accountId })).status).toBe(403);
    const answers = [];
    for (const instanceId of [foreign.instanceId, randomUUID()])
      answers.push(await hub.send('POST', '/instance-tokens', admin, { accountId, instanceId }));
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
      [404, 'credentials/instance-not-found'],
      [404, 'credentials/instance-not-found'],
    ]);
    expect((await hub.send('POST', '/instance-tokens', admin, { accountId: randomUUID() })).status).toBe(404);
  });
});

describe('using instance tokens', () => {
  it('does what its scopes say; outside them 403, audited once a minute; other accounts are not there; as a person 401', async () => {
    const { id, who } = await issue({ scopes: ['account:read'] });
    expect((await hub.send('GET', here(), who)).status).toBe(200);
    for (let at = 0; at < 3; at += 1) expect((await hub.send('GET', `${here()}/audit`, who)).status).toBe(403);
    expect(await auditOf(id)).toMatchObject([
      { action: 'instance-token.issued' },
      { action: 'instance-token.refused', after: { permission: 'audit:read' } },
    ]);
    expect((await hub.send('GET', `/accounts/${await addAccount(testDatabase.database)}`, who)).status).toBe(404);
    for (const path of ['/auth/me', '/me/sessions', '/accounts']) expect((await hub.send('GET', path, who)).status).toBe(401);
    expect((await hub.send('GET', here(), { 'x-api-key': who.authorization.slice(7) })).status).toBe(401);
    expect((await hub.send('GET', here(), { 'x-instance-token': who.authorization.slice(7) })).status).toBe(401);
  });

  it('makes no key and no token, and revokes none (AK-08)', async () => {
    const { id, who } = await issue({ scopes: ['account:read', 'api-keys:read', 'instance-tokens:read'] });
    expect((await hub.send('POST', `${here()}/api-keys`, who, { name: 'x', scopes: ['account:read'] })).status).toBe(403);
    expect((await hub.send('POST', '/instance-tokens', who, { accountId })).status).toBe(403);
    expect((await hub.send('DELETE', `${tokensPath()}/${id}`, who)).status).toBe(403);
    expect((await validate(who.authorization.slice(7), who)).status).toBe(401);
  });

  it('bound to an instance reaches that one and its inbox alone (IT-05)', async () => {
    const { instanceId, inboxId } = await addInstance(testDatabase.database, accountId);
    await addInstance(testDatabase.database, accountId);
    const { who } = await issue({ instanceId });
    const actor = await hub.access.authenticate({ ...who, ip: '192.0.2.1' });
    if (actor === null) throw new Error('not believed');
    const grant = await hub.access.authorise(actor, accountId);
    expect([[...(grant?.reach.instances ?? [])], [...(grant?.reach.inboxes ?? [])]]).toEqual([[instanceId], [inboxId]]);
    expect([...(grant?.permissions ?? [])].toSorted()).toEqual(['inboxes:read', 'instances:read', 'messages:read']);
  });

  it('bound to an origin is refused from any other', async () => {
    const { who } = await issue({ scopes: ['account:read'], origin: 'https://chat.example.com' });
    const from = async (origin: string) => (await hub.send('GET', here(), { ...who, origin })).status;
    expect(await from('https://chat.example.com')).toBe(200);
    for (const origin of ['https://chat.example.com.evil.io', 'http://chat.example.com', 'https://chat.example.com:8443', 'null'])
      expect(await from(origin), origin).toBe(401);
  });

  it('is not believed when its row says something else than it does', async () => {
    const { id, who } = await issue({ scopes: ['account:read'] });
    await testDatabase.asSuperuser(`UPDATE app.instance_token SET scopes = '{account:read,audit:read}' WHERE id = '${id}'`);
    expect((await hub.send('GET', `${here()}/audit`, who)).status).toBe(401);
  });

  it('ends with its time, without tolerance', async () => {
    const { who } = await issue({ scopes: ['account:read'], ttlSeconds: 30 });
    expect((await hub.send('GET', here(), who)).status).toBe(200);
    clock.pass(30_000);
    expect((await hub.send('GET', here(), who)).status).toBe(401);
  });

  it('revoked is refused at once in every process, and its second revocation says nothing new', async () => {
    const { id, who } = await issue({ scopes: ['account:read'] });
    for (const each of [hub, other]) expect((await each.send('GET', here(), who)).status).toBe(200);
    expect((await hub.send('DELETE', `${tokensPath()}/${id}`, admin)).status).toBe(204);
    expect((await hub.send('GET', here(), who)).status).toBe(401);
    await expect.poll(async () => (await other.send('GET', here(), who)).status, { timeout: 500, interval: 20 }).toBe(401);
    expect((await hub.send('DELETE', `${tokensPath()}/${id}`, admin)).status).toBe(204);
    expect((await hub.send('DELETE', `${tokensPath()}/${randomUUID()}`, admin)).status).toBe(404);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['instance-token.issued', 'instance-token.revoked']);
  });
});

describe('validating instance tokens (IT-07)', () => {
  it('tells a caller who may see tokens what a good one is good for', async () => {
    const { instanceId } = await addInstance(testDatabase.database, accountId);
    const { id, token } = await issue({ instanceId, origin: 'https://chat.example.com' });
    const { json } = await validate(token);
    expect({ ...json, scopes: [...json.scopes].toSorted() }).toMatchObject({
      active: true,
      id,
      accountId,
      instanceId,
      origin: 'https://chat.example.com',
      scopes: ['inboxes:read', 'instances:read', 'messages:read'],
    });
    const made = await hub.send('POST', `${here()}/api-keys`, admin, { name: 'checker', scopes: ['instance-tokens:read'] });
    expect((await validate(token, { 'x-api-key': made.json.key })).json.active).toBe(true);
  });

  it('is no oracle: whatever is wrong, the same bytes', async () => {
    const { token } = await issue();
    const revoked = await issue();
    await hub.send('DELETE', `${tokensPath()}/${revoked.id}`, admin);
    const elsewhere = await addAccount(testDatabase.database);
    const stranger = await signIn(hub, (await addMember(testDatabase.database, elsewhere)).email);
    const foreign = await hub.send('POST', '/instance-tokens', stranger, { accountId: elsewhere });
    const blind = await hub.send('POST', `${here()}/api-keys`, admin, { name: 'blind', scopes: ['account:read'] });
    const gone = await issue();
    await testDatabase.asSuperuser(`DELETE FROM app.instance_token WHERE id = '${gone.id}'`);
    const answers = [
      await validate(null),
      await validate('not a token'),
      await validate(`${token.slice(0, -4)}AAAA`),
      await validate(admin.authorization.slice(7)),
      await validate(revoked.token),
      await validate(foreign.json.token),
      await validate(token, { 'x-api-key': blind.json.key }),
      await validate(token, stranger),
      await validate(gone.token),
    ];
    clock.pass(301_000);
    admin = await signIn(hub, (await addMember(testDatabase.database, accountId)).email);
    answers.push(await validate(token));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 {"active":false}']));
    expect((await validate(token, {})).status).toBe(401);
  });
});
