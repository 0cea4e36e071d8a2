import { afterAll, beforeAll, expect, it } from 'vitest';
import { REFRESH_COOKIE } from '#modules/access';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { addAccount, addInstance, addMember, movableClock, password, type Process, startProcess } from './credentials.fixture.ts';

const clock = movableClock();
let testDatabase: TestDatabase;
let hub: Process;
/** No live bus between them: what it learns it learns by itself. */
let elsewhere: Process;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 8 });
  hub = await startProcess(testDatabase.database, clock);
  elsewhere = await startProcess(testDatabase.database, clock);
});
afterAll(async () => {
  await Promise.all([hub.close(), elsewhere.close()]);
  await testDatabase.drop();
});

type Bearer = Readonly<Record<string, string>>;

/** Everything one person can have, in an account of their own. */
async function person() {
  const accountId = await addAccount(testDatabase.database);
  const { email, userId } = await addMember(testDatabase.database, accountId);
  const { instanceId } = await addInstance(testDatabase.database, accountId);
  const login = async () => {
    const answer = await hub.send('POST', '/auth/login', {}, { email, password });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    if (!cookie.startsWith(REFRESH_COOKIE)) throw new Error('no cookie');
    return { access: { authorization: `Bearer ${answer.json.accessToken}` } as Bearer, cookie };
  };
  const own = await login();
  const device = await login();
  const key = await hub.send('POST', `/accounts/${accountId}/api-keys`, own.access, { name: 'robot', scopes: ['account:read'] });
  const token = await hub.send('POST', '/instance-tokens', own.access, { accountId, scopes: ['account:read'] });
  const bound = await hub.send('POST', '/instance-tokens', own.access, { accountId, instanceId, scopes: ['instances:read'] });
  return {
    accountId,
    userId,
    instanceId,
    own,
    device,
    keyId: String(key.json.id),
    tokenId: String(token.json.id),
    key: { 'x-api-key': key.json.key } as Bearer,
    token: { authorization: `Bearer ${token.json.token}` } as Bearer,
    bound: { authorization: `Bearer ${bound.json.token}` } as Bearer,
  };
}
type Person = Awaited<ReturnType<typeof person>>;

/** Which of a person's credentials still work, in the process that was not told. */
async function alive(who: Person): Promise<string> {
  const reads = async (bearer: Bearer) => (await elsewhere.send('GET', `/accounts/${who.accountId}`, bearer)).status === 200;
  const boundActor = await elsewhere.access.authenticate({ ...who.bound, ip: '192.0.2.1' });
  const boundGrant = boundActor === null ? null : await elsewhere.access.authorise(boundActor, who.accountId);
  const refreshes = async () =>
    (
      await elsewhere.send('POST', '/auth/refresh', {
        cookie: who.device.cookie,
        'x-wph-csrf': '1',
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
      })
    ).status === 200;
  const states = {
    own: await reads(who.own.access),
    device: await reads(who.device.access),
    refresh: await refreshes(),
    key: await reads(who.key),
    token: await reads(who.token),
    bound:
      boundGrant?.permissions.has('instances:read') === true &&
      boundGrant.reach.instances !== 'all' &&
      boundGrant.reach.instances.has(who.instanceId),
  };
  return Object.entries(states)
    .flatMap(([name, works]) => (works ? [name] : []))
    .join(' ');
}

const inAccount = <T>({ accountId }: Person, work: Parameters<typeof testDatabase.database.withAccount<T>>[1]) =>
  testDatabase.database.withAccount(accountId, work);
const deviceId = async ({ own, device }: Person): Promise<string> => {
  const { json } = await hub.send('GET', '/me/sessions', device.access);
  const current = (json as { id: string; current: boolean }[]).find((session) => session.current);
  if (current === undefined || own === device) throw new Error('no session');
  return current.id;
};

/** `device` is the second session of the person, `refresh` its cookie. What a trigger leaves alive, at most five seconds later. */
const triggers: Record<string, { readonly pull: (who: Person) => Promise<unknown>; readonly leaves: string }> = {
  nothing: { pull: async () => undefined, leaves: 'own device refresh key token bound' },
  'signing out on the device': {
    pull: ({ device }) =>
      hub.send('POST', '/auth/logout', {
        cookie: device.cookie,
        'x-wph-csrf': '1',
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
      }),
    leaves: 'own key token bound',
  },
  'revoking the device': {
    pull: async (who) => hub.send('DELETE', `/me/sessions/${await deviceId(who)}`, who.own.access),
    leaves: 'own key token bound',
  },
  'a change of password': {
    pull: ({ own }) => hub.send('POST', '/auth/password', own.access, { currentPassword: password, newPassword: 'outro telhado azul' }),
    leaves: 'own key token bound',
  },
  'disabling the person': {
    pull: ({ userId }) =>
      testDatabase.database.system.run((tables) => tables.hubUser.update({ where: { id: userId }, data: { disabledAt: new Date() } })),
    leaves: '',
  },
  'deleting the person': {
    pull: async (who) => {
      await inAccount(who, (open) => open.member.deleteMany({ where: { userId: who.userId } }));
      await testDatabase.database.system.run((tables) => tables.hubUser.delete({ where: { id: who.userId } }));
    },
    leaves: '',
  },
  'disabling the membership': {
    pull: (who) => inAccount(who, (open) => open.member.updateMany({ where: { userId: who.userId }, data: { disabledAt: new Date() } })),
    leaves: 'refresh',
  },
  'removing the membership': {
    pull: (who) => inAccount(who, (open) => open.member.deleteMany({ where: { userId: who.userId } })),
    leaves: 'refresh',
  },
  'suspending the account': {
    pull: (who) => inAccount(who, (open) => open.account.updateMany({ data: { status: 'suspended' } })),
    leaves: 'own device refresh',
  },
  'revoking the key': {
    pull: ({ accountId, keyId, own }) => hub.send('DELETE', `/accounts/${accountId}/api-keys/${keyId}`, own.access),
    leaves: 'own device refresh token bound',
  },
  'revoking the token': {
    pull: ({ accountId, tokenId, own }) => hub.send('DELETE', `/accounts/${accountId}/instance-tokens/${tokenId}`, own.access),
    leaves: 'own device refresh key bound',
  },
  'deleting the instance': {
    pull: (who) =>
      inAccount(who, async (open) => {
        await open.inbox.updateMany({ data: { instanceId: null } });
        await open.instance.deleteMany({ where: { id: who.instanceId } });
      }),
    leaves: 'own device refresh key token',
  },
  'switching the feature of keys off': {
    pull: (who) => inAccount(who, (open) => open.accountFeature.create({ data: { name: 'api-keys', enabled: false } })),
    leaves: 'own device refresh token bound',
  },
  'switching the feature of tokens off': {
    pull: (who) => inAccount(who, (open) => open.accountFeature.create({ data: { name: 'instance-tokens', enabled: false } })),
    leaves: 'own device refresh key',
  },
};

it.each(Object.entries(triggers))(
  'IAM-09: %s leaves alive what it should, five seconds later in a process that nobody told',
  async (_name, { pull, leaves }) => {
    const who = await person();
    await alive({ ...who, device: { ...who.device, cookie: '' } });
    await pull(who);
    clock.pass(5_000);
    expect(await alive(who)).toBe(leaves);
  },
);
