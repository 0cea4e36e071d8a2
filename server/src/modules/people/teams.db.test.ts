import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemberRole } from '@whatpro/sdk/contract';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { addNumber, type PeopleHub, startPeopleHub } from './people.fixture.ts';

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

/** Teams A and B with a number each, one number of no team, one without an inbox. */
async function shop() {
  const account = await hub.account();
  const { path, id, creator } = account;
  const number = (linked?: boolean) => addNumber(testDatabase.database, id, linked);
  const [ofA, ofB, everybodys, unlinked] = [await number(), await number(), await number(), await number(false)];
  const team = async (name: string, inboxId: string): Promise<string> => {
    const { json } = await hub.send('POST', `${path}/teams`, creator.token, { name });
    expect((await hub.send('PUT', `${path}/teams/${json.id}/inboxes/${inboxId}`, creator.token)).status).toBe(204);
    return json.id;
  };
  const [teamA, teamB] = [await team('A', ofA.inboxId), await team('B', ofB.inboxId)];
  const colleague = await hub.member(id, 'agent');
  await hub.send('PUT', `${path}/teams/${teamB}/members/${colleague.id}`, creator.token);
  const inTeamA = async (role: MemberRole) => {
    const someone = await hub.member(id, role);
    expect((await hub.send('PUT', `${path}/teams/${teamA}/members/${someone.id}`, creator.token)).status).toBe(204);
    return someone;
  };
  return { ...account, ofA, ofB, everybodys, unlinked, teamA, teamB, inTeamA };
}
const idsOf = async (address: string, token: string): Promise<string[]> =>
  (await hub.send('GET', address, token)).json.items.map(({ id }: { id: string }) => id).sort();

describe('teams', () => {
  it('are made, renamed and deleted, each recorded; two never have one name', async () => {
    const { path, creator } = await hub.account();
    const made = await hub.send('POST', `${path}/teams`, creator.token, { name: ' Vendas ' });
    expect(made).toMatchObject({ status: 201, json: { name: 'Vendas' } });
    const other = (await hub.send('POST', `${path}/teams`, creator.token, { name: 'Suporte' })).json;
    const taken = { status: 409, json: { code: 'people/team-name-taken' } };
    expect(await hub.send('POST', `${path}/teams`, creator.token, { name: 'vendas' })).toMatchObject(taken);
    expect(await hub.send('PATCH', `${path}/teams/${other.id}`, creator.token, { name: 'VENDAS' })).toMatchObject(taken);
    expect((await hub.send('PATCH', `${path}/teams/${other.id}`, creator.token, { name: 'suporte' })).json.name).toBe('suporte');
    expect((await hub.send('DELETE', `${path}/teams/${other.id}`, creator.token)).status).toBe(204);
    expect((await hub.send('GET', `${path}/teams/${other.id}`, creator.token)).json.code).toBe('people/team-not-found');
    expect(await idsOf(`${path}/teams`, creator.token)).toEqual([made.json.id]);
    const { json } = await hub.send('GET', `${path}/audit?limit=4`, creator.token);
    expect(json.items.map(({ action }: { action: string }) => action)).toEqual([
      'team.deleted',
      'team.renamed',
      'team.created',
      'team.created',
    ]);
  });

  it('made under one name at once become one', async () => {
    const { path, creator } = await hub.account();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => hub.send('POST', `${path}/teams`, creator.token, { name: 'Vendas' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('take members and inboxes, once however often asked, and give them back', async () => {
    const { path, creator, teamA, inTeamA, ofA } = await shop();
    const agent = await inTeamA('agent');
    expect((await hub.send('PUT', `${path}/teams/${teamA}/members/${agent.id}`, creator.token)).status).toBe(204);
    expect(await idsOf(`${path}/teams/${teamA}/members`, creator.token)).toEqual([agent.id]);
    expect(await idsOf(`${path}/teams/${teamA}/inboxes`, creator.token)).toEqual([ofA.inboxId]);
    const added = (await hub.send('GET', `${path}/audit?action=team.member-added`, creator.token)).json.items;
    expect(added.filter(({ after }: { after: { memberId: string } }) => after.memberId === agent.id)).toHaveLength(1);
    expect((await hub.send('DELETE', `${path}/teams/${teamA}/members/${agent.id}`, creator.token)).status).toBe(204);
    expect(await idsOf(`${path}/teams/${teamA}/members`, creator.token)).toEqual([]);
  });

  it('take nothing from another account', async () => {
    const [own, foreign] = [await shop(), await shop()];
    const stranger = await foreign.inTeamA('agent');
    const codeOf = async (address: string): Promise<string> => (await hub.send('PUT', address, own.creator.token)).json.code;
    expect(await codeOf(`${own.path}/teams/${own.teamA}/members/${stranger.id}`)).toBe('people/member-not-found');
    expect(await codeOf(`${own.path}/teams/${own.teamA}/inboxes/${foreign.ofA.inboxId}`)).toBe('chatwoot/inbox-not-found');
    expect(await codeOf(`${own.path}/teams/${foreign.teamA}/inboxes/${own.ofB.inboxId}`)).toBe('people/team-not-found');
  });
});

describe('what somebody of team A sees', () => {
  it.each(['supervisor', 'agent', 'viewer'] as const)(
    'as %s are the inboxes of their team and of no team, and what belongs to them',
    async (role) => {
      const { path, ofA, ofB, everybodys, unlinked, inTeamA } = await shop();
      const { token } = await inTeamA(role);
      const linked = [ofA, everybodys];
      const seen = role === 'supervisor' ? [...linked, unlinked] : linked;
      expect(await idsOf(`${path}/inboxes`, token)).toEqual(linked.map(({ inboxId }) => inboxId).sort());
      expect(await idsOf(`${path}/instances`, token)).toEqual(seen.map(({ instanceId }) => instanceId).sort());
      expect(await idsOf(`${path}/messages`, token)).toEqual(seen.map(({ messageId }) => messageId).sort());
      expect((await hub.send('GET', `${path}/messages/summary`, token)).json).toMatchObject({ dead: seen.length });
      expect(await idsOf(`${path}/messages?instanceId=${ofB.instanceId}`, token)).toEqual([]);
      expect(await idsOf(`${path}/messages?threadId=${ofB.threadId}`, token)).toEqual([]);
      if (role !== 'viewer') expect(await idsOf(`${path}/dead-letters`, token)).toEqual(seen.map(({ messageId }) => messageId).sort());
    },
  );

  it.each(['supervisor', 'agent', 'viewer'] as const)('as %s of team B is what they see of nothing: the same answer', async (role) => {
    const { path, ofB, inTeamA } = await shop();
    const { token } = await inTeamA(role);
    const answer = async (address: string) => {
      const { status, json } = await hub.send('GET', address, token);
      const { requestId: _, ...body } = json;
      return { status, body };
    };
    for (const [things, id] of [
      ['inboxes', ofB.inboxId],
      ['instances', ofB.instanceId],
      ['messages', ofB.messageId],
    ] as const) {
      const there = await answer(`${path}/${things}/${id}`);
      expect(there.status).toBe(404);
      expect(there).toEqual(await answer(`${path}/${things}/${randomUUID()}`));
    }
  });

  it('is everything for an admin, in whichever team', async () => {
    const { path, inTeamA } = await shop();
    const { token } = await inTeamA('admin');
    expect([(await idsOf(`${path}/inboxes`, token)).length, (await idsOf(`${path}/instances`, token)).length]).toEqual([3, 4]);
  });

  it('follows the teams within five seconds', async () => {
    const { path, creator, ofB, teamB, inTeamA } = await shop();
    const agent = await inTeamA('agent');
    const address = `${path}/inboxes/${ofB.inboxId}`;
    expect((await hub.send('GET', address, agent.token)).status).toBe(404);
    await hub.send('PUT', `${path}/teams/${teamB}/members/${agent.id}`, creator.token);
    hub.pass(5_000);
    expect((await hub.send('GET', address, agent.token)).status).toBe(200);
    await hub.send('DELETE', `${path}/teams/${teamB}/members/${agent.id}`, creator.token);
    hub.pass(5_000);
    expect((await hub.send('GET', address, agent.token)).status).toBe(404);
  });

  it('is all that a stream tells', async () => {
    const { id, ofA, ofB, inTeamA } = await shop();
    const { token } = await inTeamA('agent');
    const input = encodeURIComponent(JSON.stringify({ json: { accountId: id } }));
    const stop = new AbortController();
    const stream = await fetch(`${hub.origin}/trpc/messages.watch?input=${input}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    let told = '';
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = 0; part < 20 && !told.includes(ofA.messageId); part += 1) {
      hub.live(id, [ofB.messageId]);
      hub.live(id, [ofA.messageId]);
      told += (await reader.read()).value ?? '';
    }
    stop.abort();
    expect(told).toContain(ofA.messageId);
    expect(told).not.toContain(ofB.messageId);
    expect(told).not.toContain(ofB.instanceId);
  });
});

describe('what somebody of team A changes', () => {
  it('as agent is nothing of team B, on any address', async () => {
    const { path, ofB, teamB, inTeamA } = await shop();
    const { token } = await inTeamA('agent');
    const calls = [
      ['POST', `/dead-letters/replay`, { messageIds: [ofB.messageId] }],
      ['POST', `/instances/${ofB.instanceId}/connect`, {}],
      ['POST', `/instances/${ofB.instanceId}/restart`, undefined],
      ['POST', `/instances/${ofB.instanceId}/logout`, undefined],
      ['DELETE', `/instances/${ofB.instanceId}`, undefined],
      ['DELETE', `/inboxes/${ofB.inboxId}/link`, undefined],
      ['DELETE', `/teams/${teamB}/inboxes/${ofB.inboxId}`, undefined],
      ['PATCH', `/teams/${teamB}`, { name: 'mine' }],
    ] as const;
    const before = await testDatabase.asSuperuser(`SELECT * FROM app.instance WHERE id = '${ofB.instanceId}'`);
    for (const [method, rest, body] of calls) expect((await hub.send(method, path + rest, token, body)).status, rest).toBe(403);
    expect(await testDatabase.asSuperuser(`SELECT * FROM app.instance WHERE id = '${ofB.instanceId}'`)).toEqual(before);
  });

  it('as supervisor, who may replay, are the dead letters in reach and no others', async () => {
    const { path, ofA, ofB, inTeamA } = await shop();
    const { token } = await inTeamA('supervisor');
    const replay = { messageIds: [ofA.messageId, ofB.messageId] };
    expect(await hub.send('POST', `${path}/dead-letters/replay`, token, replay)).toMatchObject({ status: 200, json: { replayed: 1 } });
    const rows = await testDatabase.asSuperuser(
      `SELECT id, state FROM app.message WHERE id IN ('${ofA.messageId}', '${ofB.messageId}') ORDER BY state`,
    );
    expect(rows).toEqual([
      { id: ofB.messageId, state: 'dead' },
      { id: ofA.messageId, state: 'pending' },
    ]);
  });
});
