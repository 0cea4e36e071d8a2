import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
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

const reason = 'The customer asked why messages wait';
const visited = async () => {
  const account = await hub.account();
  const visitor = await hub.person({ operator: true });
  const open = (body: object = { reason }) => hub.send('POST', `${account.path}/support-visits`, visitor.token, body);
  return { ...account, visitor, open };
};

describe('an operator', () => {
  it('sees every account by name, and inside one that is not theirs what a stranger sees', async () => {
    const { creator, id, path, visitor } = await visited();
    const listed = async (token: string) =>
      (await hub.send('GET', '/accounts?limit=100', token)).json.items.find((item: { id: string }) => item.id === id);
    expect(await listed(visitor.token)).toEqual({ id, name: 'Loja', status: 'active', member: false });
    expect(await listed(creator.token)).toMatchObject({ member: true });
    const stranger = await hub.person();
    for (const rest of ['', '/members', '/messages', '/audit', '/support-visits']) {
      const [own, none, other] = await Promise.all([
        hub.send('GET', path + rest, visitor.token),
        hub.send('GET', `/accounts/${randomUUID()}${rest}`, visitor.token),
        hub.send('GET', path + rest, stranger.token),
      ]);
      const told = [own, none, other].map(({ status, json }) => ({ status, code: json.code, detail: json.detail }));
      expect(told[0]).toMatchObject({ status: 404, code: 'accounts/not-found' });
      expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    }
  });
});

describe('a support visit', () => {
  it('lets an operator in, is seen by the account, and marks everything done on it', async () => {
    const { creator, id, path, visitor, open } = await visited();
    const supervisor = await hub.member(id, 'supervisor');
    const opened = await open();
    expect(opened).toMatchObject({ status: 201, json: { reason, operator: { id: visitor.userId, name: 'Olga' }, endedAt: null } });
    expect(Date.parse(opened.json.expiresAt) - Date.parse(opened.json.startedAt)).toBe(3_600_000);
    expect((await hub.send('GET', `${path}/members`, visitor.token)).status).toBe(200);
    expect((await hub.send('PATCH', path, visitor.token, { locale: 'en' })).status).toBe(200);
    expect((await hub.send('GET', `${path}/support-visits`, supervisor.token)).json.items).toEqual([opened.json]);
    expect((await hub.send('DELETE', `${path}/support-visits/${opened.json.id}`, visitor.token)).status).toBe(204);
    expect((await hub.send('GET', `${path}/members`, visitor.token)).status).toBe(404);

    const { json } = await hub.send('GET', `${path}/audit?limit=3`, creator.token);
    const visitId = opened.json.id;
    expect(json.items).toMatchObject([
      { action: 'support-visit.ended', actor: { id: visitor.userId, visitId } },
      { action: 'account.changed', actor: { id: visitor.userId, visitId } },
      { action: 'support-visit.opened', actor: { id: visitor.userId, visitId }, after: { reason } },
    ]);
    await hub.send('PATCH', path, creator.token, { locale: 'pt-BR' });
    const own = await hub.send('GET', `${path}/audit?limit=1`, creator.token);
    expect(own.json.items[0].actor).toEqual({ kind: 'user', id: creator.userId, name: 'Olga' });
  });

  it('ends by itself when its time is over', async () => {
    const { path, visitor, open } = await visited();
    expect((await open({ reason, minutes: 5 })).status).toBe(201);
    hub.pass(4 * 60_000);
    visitor.token = await hub.signIn(visitor.email);
    expect((await hub.send('GET', path, visitor.token)).status).toBe(200);
    hub.pass(61_000);
    expect((await hub.send('GET', path, visitor.token)).status).toBe(404);
    expect((await open({ reason })).status).toBe(201);
  });

  it('is ended by an admin of the account too, and by nobody with less', async () => {
    const { creator, id, path, visitor, open } = await visited();
    const { json } = await open();
    const agent = await hub.member(id, 'agent');
    const address = `${path}/support-visits/${json.id}`;
    expect((await hub.send('DELETE', address, agent.token)).status).toBe(403);
    expect((await hub.send('GET', `${path}/support-visits`, agent.token)).status).toBe(403);
    expect((await hub.send('DELETE', address, creator.token)).status).toBe(204);
    expect((await hub.send('DELETE', address, creator.token)).json.code).toBe('people/visit-not-found');
    expect((await hub.send('GET', path, visitor.token)).status).toBe(404);
  });

  it('is one at a time for an operator, however many are asked for at once', async () => {
    const { path, creator, open } = await visited();
    const answers = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    expect((await hub.send('GET', `${path}/support-visits`, creator.token)).json.items).toHaveLength(1);
  });

  it('needs a reason, a time within bounds, an account that exists, and an operator', async () => {
    const { id, path, visitor, open } = await visited();
    for (const body of [
      {},
      { reason: 'too short' },
      { reason: ' '.repeat(20) },
      { reason: 'x'.repeat(501) },
      { reason, minutes: 4 },
      { reason, minutes: 241 },
    ])
      expect((await open(body)).status, JSON.stringify(body).slice(0, 60)).toBe(400);
    expect((await hub.send('POST', `/accounts/${randomUUID()}/support-visits`, visitor.token, { reason })).json.code).toBe(
      'accounts/not-found',
    );
    const admin = await hub.member(id, 'admin');
    expect((await hub.send('POST', `${path}/support-visits`, admin.token, { reason })).status).toBe(403);
  });

  it('opens that account and no other', async () => {
    const { open, visitor } = await visited();
    const other = await hub.account();
    await open();
    expect((await hub.send('GET', other.path, visitor.token)).status).toBe(404);
  });

  it('is worth nothing to somebody who is no operator any more', async () => {
    const { path, visitor, open } = await visited();
    await open();
    await testDatabase.asSuperuser(`UPDATE app.hub_user SET operator = false WHERE id = '${visitor.userId}'`);
    hub.pass(5_000);
    expect((await hub.send('GET', path, visitor.token)).status).toBe(404);
  });
});
