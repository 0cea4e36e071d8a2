import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMIT_NAMES } from '@whatpro/sdk/contract';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { newId } from '#platform/ids';
import { requireRoom } from './require-room.ts';
import { type SettingsHub, startSettingsHub } from './settings.fixture.ts';

let testDatabase: TestDatabase;
let hub: SettingsHub;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 10 });
  hub = await startSettingsHub(testDatabase.database);
});
afterAll(async () => {
  await hub.close();
  await testDatabase.drop();
});

const auditOf = async (path: string, query = '') =>
  (await hub.send('GET', `${path}/audit${query}`, hub.operator.token)).json.items as { action: string; before: unknown; after: unknown }[];
const strip = ({ status, json: { requestId: _, ...json } }: { status: number; json: Record<string, unknown> }) => ({ status, json });
const origin = () => ({ origin: `https://${randomUUID()}.example.com` });

describe('the settings of an account', () => {
  it('show each limit with what is used of it, each feature, and the origins', async () => {
    const { path, member } = await hub.accountWith('admin');
    const added = await hub.send('POST', `${path}/origins`, member.token, { origin: 'https://Chat.Example.com/' });
    expect(added).toMatchObject({ status: 201, json: { origin: 'https://chat.example.com' } });
    const { json } = await hub.send('GET', `${path}/settings`, member.token);
    expect(json.limits.map(({ name }: { name: string }) => name)).toEqual(LIMIT_NAMES);
    expect(json.limits).toContainEqual({ name: 'origins', used: 1, max: 20 });
    expect(json.features).toContainEqual({ name: 'api-keys', enabled: true });
    expect(json.origins).toEqual([added.json]);
  });

  it('are read by those who may and by nobody of another account, who learns no more than of one that is not there (TI-06)', async () => {
    const [one, other] = [await hub.accountWith('supervisor'), await hub.accountWith('agent')];
    expect((await hub.send('GET', `${one.path}/settings`, one.member.token)).status).toBe(200);
    expect((await hub.send('GET', `${other.path}/settings`, other.member.token)).status).toBe(403);
    expect((await hub.send('POST', `${one.path}/origins`, one.member.token, origin())).status).toBe(403);
    expect((await hub.send('GET', `${one.path}/settings`, null)).status).toBe(401);
    const foreign = strip(await hub.send('GET', `${one.path}/settings`, other.member.token));
    expect(foreign).toEqual(strip(await hub.send('GET', `/accounts/${newId()}/settings`, other.member.token)));
    expect(foreign.status).toBe(404);
  });
});

describe('limits and features', () => {
  it('are changed by operators alone, and the account sees in its audit what they were', async () => {
    const { path, member } = await hub.accountWith('admin');
    const change = { limits: { instances: 3, 'api-keys': 0 } };
    expect((await hub.send('PUT', `${path}/limits`, member.token, change)).status).toBe(403);
    expect((await hub.send('PUT', `${path}/features`, member.token, { features: { teams: false } })).status).toBe(403);
    const { json } = await hub.send('PUT', `${path}/limits`, hub.operator.token, change);
    expect(json.limits).toContainEqual({ name: 'instances', used: 0, max: 3 });
    expect((await hub.send('PUT', `${path}/features`, hub.operator.token, { features: { teams: false } })).json.features).toContainEqual({
      name: 'teams',
      enabled: false,
    });
    const [features, limits] = await auditOf(path);
    expect(limits).toMatchObject({
      action: 'limits.changed',
      before: { instances: 200, 'api-keys': 50 },
      after: { instances: 3, 'api-keys': 0 },
    });
    expect(features).toMatchObject({ action: 'features.changed', before: { on: expect.arrayContaining(['teams']) } });
    const back = await hub.send('PUT', `${path}/limits`, hub.operator.token, { limits: { instances: null } });
    expect(back.json.limits).toContainEqual({ name: 'instances', used: 0, max: 200 });
  });

  it('take no name and no number that is not one, and no account that is not there', async () => {
    const { path } = await hub.accountWith('admin');
    for (const limits of [{ nonsense: 1 }, { instances: -1 }, { instances: 1.5 }, { instances: 1_000_001 }, { instances: '5' }])
      expect((await hub.send('PUT', `${path}/limits`, hub.operator.token, { limits })).status).toBe(400);
    expect((await hub.send('PUT', `/accounts/${newId()}/limits`, hub.operator.token, { limits: {} })).json.code).toBe('accounts/not-found');
    expect((await hub.send('PUT', `/accounts/${newId()}/features`, hub.operator.token, { features: {} })).json.code).toBe(
      'accounts/not-found',
    );
  });

  it('over a limit nothing is added, the answer is 403 and names the limit, and nothing is in the audit', async () => {
    const { path, member } = await hub.accountWith('admin');
    await hub.send('PUT', `${path}/limits`, hub.operator.token, { limits: { origins: 1 } });
    expect((await hub.send('POST', `${path}/origins`, member.token, origin())).status).toBe(201);
    const refused = await hub.send('POST', `${path}/origins`, member.token, origin());
    expect(refused).toMatchObject({ status: 403, json: { code: 'limits/origins' } });
    expect(await auditOf(path, '?action=origin.added')).toHaveLength(1);
  });

  it('a limit below what is there removes nothing', async () => {
    const { path, member } = await hub.accountWith('admin');
    await hub.send('POST', `${path}/origins`, member.token, origin());
    await hub.send('PUT', `${path}/limits`, hub.operator.token, { limits: { origins: 0 } });
    const { json } = await hub.send('GET', `${path}/settings`, member.token);
    expect(json.limits).toContainEqual({ name: 'origins', used: 1, max: 0 });
    expect(json.origins).toHaveLength(1);
  });

  it('of twenty at the last free place one wins', async () => {
    const { path, member } = await hub.accountWith('admin');
    await hub.send('PUT', `${path}/limits`, hub.operator.token, { limits: { origins: 3 } });
    for (let made = 0; made < 2; made += 1) await hub.send('POST', `${path}/origins`, member.token, origin());
    const answers = await Promise.all(Array.from({ length: 20 }, () => hub.send('POST', `${path}/origins`, member.token, origin())));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ json }) => json.code === 'limits/origins')).toHaveLength(19);
    expect((await hub.send('GET', `${path}/origins`, member.token)).json.items).toHaveLength(3);
  });

  it('a full account holds up no other, and counting waits for nobody of another account', async () => {
    const [one, other] = [await hub.accountWith('admin'), await hub.accountWith('admin')];
    await testDatabase.database.withAccount(one.id, async (open) => {
      await requireRoom(open, 'origins');
      expect((await hub.send('POST', `${other.path}/origins`, other.member.token, origin())).status).toBe(201);
    });
  });

  it.each(LIMIT_NAMES)('the limit of %s is counted', async (name) => {
    const { id, path } = await hub.accountWith('admin');
    const room = () => testDatabase.database.withAccount(id, (open) => requireRoom(open, name));
    await room();
    await hub.send('PUT', `${path}/limits`, hub.operator.token, { limits: { [name]: 0 } });
    await expect(room()).rejects.toMatchObject({ entry: { code: `limits/${name}`, status: 403, kind: 'limit_reached' } });
  });

  it('an invitation that is open takes the place its member will have', async () => {
    const { id, path } = await hub.accountWith('admin');
    const used = async () =>
      ((await hub.send('GET', `${path}/settings`, hub.operator.token)).json.limits as { name: string; used: number }[]).find(
        ({ name }) => name === 'members',
      )?.used ?? -1;
    const before = await used();
    const invite = (expiresAt: Date) =>
      testDatabase.database.withAccount(id, (open) =>
        open.invitation.create({
          data: { accountId: id, email: 'a@example.com', role: 'agent', tokenSha256: Buffer.alloc(32), invitedBy: {}, expiresAt },
        }),
      );
    await invite(new Date(Date.now() + 60_000));
    await invite(new Date(Date.now() - 60_000));
    expect(await used()).toBe(before + 1);
  });
});

describe('origins', () => {
  it('are listed once, removed once, and audited both times', async () => {
    const { path, member } = await hub.accountWith('admin');
    const added = await hub.send('POST', `${path}/origins`, member.token, { origin: 'https://a.example.com' });
    expect((await hub.send('POST', `${path}/origins`, member.token, { origin: 'https://A.example.com:443/' })).json.code).toBe(
      'settings/origin-taken',
    );
    expect((await hub.send('POST', `${path}/origins`, member.token, { origin: 'http://localhost:3000' })).json.code).toBe(
      'settings/origin-not-valid',
    );
    expect((await hub.send('DELETE', `${path}/origins/${added.json.id}`, member.token)).status).toBe(204);
    expect((await hub.send('DELETE', `${path}/origins/${added.json.id}`, member.token)).json.code).toBe('settings/origin-not-found');
    expect((await auditOf(path, '?subjectType=origin')).map(({ action }) => action)).toEqual(['origin.removed', 'origin.added']);
  });

  it('of twenty that add the same one at once, one is listed', async () => {
    const { path, member } = await hub.accountWith('admin');
    const same = origin();
    const answers = await Promise.all(Array.from({ length: 20 }, () => hub.send('POST', `${path}/origins`, member.token, same)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ json }) => json.code === 'settings/origin-taken')).toHaveLength(19);
  });

  it('of another account cannot be removed, and the answer is that of one that is not there', async () => {
    const [one, other] = [await hub.accountWith('admin'), await hub.accountWith('admin')];
    const added = await hub.send('POST', `${one.path}/origins`, one.member.token, origin());
    const foreign = await hub.send('DELETE', `${other.path}/origins/${added.json.id}`, other.member.token);
    expect(strip(foreign)).toEqual(strip(await hub.send('DELETE', `${other.path}/origins/${newId()}`, other.member.token)));
    expect((await hub.send('GET', `${one.path}/origins`, one.member.token)).json.items).toHaveLength(1);
  });

  it('let their pages read at once, and no more when they are removed (HT-03)', async () => {
    const { path, member } = await hub.accountWith('admin');
    const chat = origin();
    const read = async () =>
      (await hub.send('GET', `${path}/settings`, member.token, undefined, { origin: chat.origin })).headers.get(
        'access-control-allow-origin',
      );
    expect(await read()).toBeNull();
    const added = await hub.send('POST', `${path}/origins`, member.token, chat);
    expect(await read()).toBe(chat.origin);
    await hub.send('DELETE', `${path}/origins/${added.json.id}`, member.token);
    expect(await read()).toBeNull();
  });

  it('of an account that is suspended let nobody read', async () => {
    const { path, member } = await hub.accountWith('admin');
    const chat = origin();
    await hub.send('POST', `${path}/origins`, member.token, chat);
    await hub.send('POST', `${path}/suspend`, hub.operator.token);
    const answer = await hub.send('GET', `${path}/settings`, member.token, undefined, { origin: chat.origin });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
