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

const actionsOf = async (path: string, token: string): Promise<string[]> =>
  (await hub.send('GET', `${path}/audit`, token)).json.items.map(({ action }: { action: string }) => action);

describe('members', () => {
  it('begin with whoever made the account, as its admin', async () => {
    const { creator, path } = await hub.account();
    const { json } = await hub.send('GET', `${path}/members`, creator.token);
    expect(json).toMatchObject({
      items: [{ userId: creator.userId, email: creator.email, role: 'admin', disabledAt: null }],
      nextCursor: null,
    });
    expect(await actionsOf(path, creator.token)).toEqual(['member.added', 'account.created']);
  });

  it('are listed page by page, and one by one', async () => {
    const { creator, id, path } = await hub.account();
    await hub.member(id, 'agent');
    const first = await hub.send('GET', `${path}/members?limit=1`, creator.token);
    const second = await hub.send('GET', `${path}/members?limit=1&cursor=${first.json.nextCursor}`, creator.token);
    expect([first.json.items.length, second.json.items.length, second.json.nextCursor]).toEqual([1, 1, null]);
    const [agent] = second.json.items;
    expect((await hub.send('GET', `${path}/members/${agent.id}`, creator.token)).json).toEqual(agent);
  });

  it('get another role from an admin, recorded before and after, and act on it at once', async () => {
    const { creator, id, path } = await hub.account();
    const agent = await hub.member(id, 'agent');
    expect((await hub.send('GET', `${path}/audit`, agent.token)).status).toBe(403);
    const changed = await hub.send('PATCH', `${path}/members/${agent.id}`, creator.token, { role: 'supervisor' });
    expect(changed).toMatchObject({ status: 200, json: { role: 'supervisor' } });
    expect((await hub.send('GET', `${path}/audit`, agent.token)).json.items[0]).toMatchObject({
      action: 'member.changed',
      actor: { id: creator.userId },
      before: { role: 'agent' },
      after: { role: 'supervisor' },
    });
  });

  it.each(['supervisor', 'agent', 'viewer'] as const)('are not managed by a member who is %s', async (role) => {
    const { id, path } = await hub.account();
    const [caller, other] = [await hub.member(id, role), await hub.member(id, 'viewer')];
    const calls = [
      ['PATCH', `/members/${other.id}`, { role: 'admin' }],
      ['PATCH', `/members/${caller.id}`, { role: 'admin' }],
      ['DELETE', `/members/${other.id}`, undefined],
      ['POST', '/invitations', { email: 'x@example.com', role: 'viewer' }],
      ['POST', '/teams', { name: 'x' }],
    ] as const;
    for (const [method, rest, body] of calls) expect((await hub.send(method, path + rest, caller.token, body)).status, rest).toBe(403);
  });

  it('refuse what is no role, no field and no member', async () => {
    const { creator, id, path } = await hub.account();
    const agent = await hub.member(id, 'agent');
    for (const body of [{ role: 'operator' }, { role: 'owner' }, { userId: creator.userId }])
      expect((await hub.send('PATCH', `${path}/members/${agent.id}`, creator.token, body)).status).toBe(400);
    expect(await hub.send('PATCH', `${path}/members/${randomUUID()}`, creator.token, { role: 'viewer' })).toMatchObject({
      status: 404,
      json: { code: 'people/member-not-found' },
    });
  });

  it('lower their own role and never raise it', async () => {
    const { creator, id, path } = await hub.account();
    const second = await hub.member(id, 'admin');
    expect((await hub.send('PATCH', `${path}/members/${second.id}`, second.token, { role: 'viewer' })).json.role).toBe('viewer');
    const visitor = await hub.person({ operator: true });
    const own = await hub.database.withAccount(id, (tables) => tables.member.create({ data: { userId: visitor.userId, role: 'viewer' } }));
    await hub.send('POST', `${path}/support-visits`, visitor.token, { reason: 'A customer asked for help' });
    expect(await hub.send('PATCH', `${path}/members/${own.id}`, visitor.token, { role: 'admin' })).toMatchObject({
      status: 403,
      json: { code: 'people/own-role' },
    });
    expect((await hub.send('PATCH', `${path}/members/${own.id}`, creator.token, { role: 'admin' })).status).toBe(200);
  });

  it('always keep one active admin, however the last one would go', async () => {
    const { creator, id, path } = await hub.account();
    const { id: memberId } = (await hub.send('GET', `${path}/members`, creator.token)).json.items[0];
    const disabled = await hub.member(id, 'admin');
    await hub.send('PATCH', `${path}/members/${disabled.id}`, creator.token, { disabled: true });
    const last = { status: 409, json: { code: 'people/last-admin' } };
    expect(await hub.send('PATCH', `${path}/members/${memberId}`, creator.token, { role: 'agent' })).toMatchObject(last);
    expect(await hub.send('PATCH', `${path}/members/${memberId}`, creator.token, { disabled: true })).toMatchObject(last);
    expect(await hub.send('DELETE', `${path}/members/${memberId}`, creator.token)).toMatchObject(last);
    expect((await hub.send('GET', `${path}/members/${memberId}`, creator.token)).json).toMatchObject({ role: 'admin', disabledAt: null });
  });

  it('of two admins who demote each other at once, one stays, in 15 rounds of 15', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { creator, id, path } = await hub.account();
      const second = await hub.member(id, 'admin');
      const members = (await hub.send('GET', `${path}/members`, creator.token)).json.items as { id: string; userId: string }[];
      const firstId = members.find(({ userId }) => userId === creator.userId)?.id;
      const answers = await Promise.all([
        hub.send('PATCH', `${path}/members/${second.id}`, creator.token, { role: 'agent' }),
        round % 2 === 0
          ? hub.send('PATCH', `${path}/members/${firstId}`, second.token, { role: 'agent' })
          : hub.send('DELETE', `${path}/members/${firstId}`, second.token),
      ]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      const admins = await hub.database.withAccount(id, (tables) => tables.member.count({ where: { role: 'admin' } }));
      expect(admins).toBe(1);
    }
  });
});

describe('a member who was disabled or removed', () => {
  it('finds the account gone at once here and within five seconds elsewhere, and keeps their session', async () => {
    const { creator, id, path } = await hub.account();
    const agent = await hub.member(id, 'agent');
    expect((await hub.send('GET', path, agent.token)).status).toBe(200);
    await hub.send('PATCH', `${path}/members/${agent.id}`, creator.token, { disabled: true });
    expect((await hub.send('GET', path, agent.token)).status).toBe(404);
    expect((await hub.send('GET', '/accounts', agent.token)).json.items).toEqual([]);
    await hub.send('PATCH', `${path}/members/${agent.id}`, creator.token, { disabled: false });
    expect((await hub.send('GET', path, agent.token)).status).toBe(200);

    await hub.database.withAccount(id, (tables) => tables.member.deleteMany({ where: { id: agent.id } }));
    hub.pass(5_000);
    expect((await hub.send('GET', path, agent.token)).status).toBe(404);
    expect(await actionsOf(path, creator.token)).toEqual(['member.changed', 'member.changed', 'member.added', 'account.created']);
  });

  it('loses an open stream too (IAM-10)', async () => {
    const { creator, id, path } = await hub.account();
    const agent = await hub.member(id, 'agent');
    const input = encodeURIComponent(JSON.stringify({ json: { accountId: id } }));
    const stream = await fetch(`${hub.origin}/trpc/messages.watch?input=${input}`, { headers: { authorization: `Bearer ${agent.token}` } });
    expect(stream.status).toBe(200);
    const removedAt = performance.now();
    expect((await hub.send('DELETE', `${path}/members/${agent.id}`, creator.token)).status).toBe(204);
    const told = await stream.text();
    expect(told).toContain('accounts/not-found');
    expect(performance.now() - removedAt).toBeLessThan(5_000);
  });
});

describe('another account', () => {
  it('is not there for an admin of this one: the same answer as for one that does not exist (TI-06)', async () => {
    const [own, foreign] = [await hub.account(), await hub.account()];
    const admin = await hub.member(own.id, 'admin');
    const victim = await hub.member(foreign.id, 'agent');
    const missing = { path: `/accounts/${randomUUID()}`, id: randomUUID() };
    const calls: [string, (place: { path: string; id: string }) => string, unknown?][] = [
      ['GET', ({ path }) => `${path}/members`],
      ['PATCH', ({ path, id }) => `${path}/members/${id}`, { role: 'viewer' }],
      ['DELETE', ({ path, id }) => `${path}/members/${id}`],
      ['POST', ({ path }) => `${path}/invitations`, { email: 'x@example.com', role: 'admin' }],
      ['GET', ({ path }) => `${path}/teams`],
      ['GET', ({ path }) => `${path}/support-visits`],
      ['PATCH', ({ id }) => `${own.path}/members/${id}`, { role: 'viewer' }],
      ['DELETE', ({ id }) => `${own.path}/members/${id}`],
    ];
    for (const [method, address, body] of calls) {
      const answers = [];
      for (const place of [{ path: foreign.path, id: victim.id }, missing]) {
        const { status, json } = await hub.send(method, address(place), admin.token, body);
        const { requestId: _, ...rest } = json;
        answers.push({ status, rest });
      }
      expect(answers[0]?.status).toBe(404);
      expect(answers[0]).toEqual(answers[1]);
    }
  });
});
