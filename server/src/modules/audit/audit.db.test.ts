import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { newId } from '#platform/ids';
import { type SettingsHub, startSettingsHub } from '../settings/settings.fixture.ts';
import { recordAudit } from './record-audit.ts';

let testDatabase: TestDatabase;
let hub: SettingsHub;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 5 });
  hub = await startSettingsHub(testDatabase.database);
});
afterAll(async () => {
  await hub.close();
  await testDatabase.drop();
});

interface Shown {
  readonly id: string;
  readonly at: string;
  readonly action: string;
}
const list = async (path: string, token: string, query = ''): Promise<{ items: Shown[]; nextCursor: string | null }> =>
  (await hub.send('GET', `${path}/audit${query}`, token)).json;

/** An account with thirty entries of three actions by two kinds of actor. */
async function filled() {
  const account = await hub.accountWith('supervisor');
  const request = { requestId: 'r', ip: '192.0.2.9', userAgent: '=cmd' };
  const people = { kind: 'user' as const, userId: newId(), sessionId: newId(), operator: false, name: '@ana' };
  await testDatabase.database.withAccount(account.id, async (open) => {
    for (let at = 0; at < 30; at += 1) {
      const actor = at % 2 === 0 ? people : { kind: 'system' as const, name: 'sync' };
      await recordAudit(
        open,
        { actor, request },
        {
          action: ['team.created', 'team.removed', 'inbox.linked'][at % 3] ?? '',
          subjectType: at % 3 === 2 ? 'inbox' : 'team',
          subjectId: `subject-${at}`,
          after: { number: at, token: 'CANARY' },
        },
      );
    }
  });
  return { ...account, userId: people.userId };
}

describe('the audit of an account (B8)', () => {
  it('is filtered by action, actor, subject and time, each alone and together', async () => {
    const { path, member, userId } = await filled();
    const actions = async (query: string) => (await list(path, member.token, `?limit=100&${query}`)).items.map(({ action }) => action);
    expect(await actions('action=team.created')).toEqual(Array.from({ length: 10 }, () => 'team.created'));
    expect(await actions('action=team.')).toHaveLength(20);
    expect(await actions('action=team')).toEqual([]);
    expect(await actions('actorKind=system')).toHaveLength(15);
    expect(await actions(`actorId=${userId}`)).toHaveLength(15);
    expect(await actions('subjectType=inbox')).toHaveLength(10);
    expect(await actions('subjectType=inbox&actorKind=system&action=inbox.')).toHaveLength(5);
    expect(await actions('subjectId=subject-7')).toEqual(['team.removed']);
    const { items } = await list(path, member.token, '?subjectType=team&limit=100');
    const [newest] = items;
    expect(await actions(`subjectType=team&from=${newest?.at ?? ''}`)).not.toHaveLength(0);
    expect(await actions(`subjectType=team&to=${items.at(-1)?.at ?? ''}`)).toEqual([]);
    for (const query of ['actorKind=robot', 'from=yesterday', 'nonsense=1', `action=${'a'.repeat(101)}`])
      expect((await hub.send('GET', `${path}/audit?${query}`, member.token)).status, query).toBe(400);
  });

  it('is read page by page, newest first, each entry once', async () => {
    const { path, member } = await filled();
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 10; page += 1) {
      const answer: Awaited<ReturnType<typeof list>> = await list(
        path,
        member.token,
        `?subjectType=team&limit=7${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...answer.items.map(({ id }) => id));
      cursor = answer.nextCursor;
      if (cursor === null) break;
    }
    expect(seen).toHaveLength(20);
    expect(seen).toEqual([...new Set(seen)].toSorted().reverse());
  });

  it('cannot be changed or removed by the Hub itself', async () => {
    const { id } = await filled();
    const { database } = testDatabase;
    await expect(database.withAccount(id, (open) => open.auditEntry.deleteMany())).rejects.toThrow();
    await expect(database.withAccount(id, (open) => open.auditEntry.updateMany({ data: { action: 'x' } }))).rejects.toThrow();
  });
});

describe('the export', () => {
  it('is a file with every entry the filters let through, masked, and no cell a formula (HT-12)', async () => {
    const { path, member } = await filled();
    const answer = await hub.send('GET', `${path}/audit.csv?subjectType=team`, member.token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    const lines = answer.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(21);
    expect(answer.text).not.toContain('CANARY');
    expect(answer.text).toContain('[secret]');
    expect(answer.text).toContain(`"'@ana"`);
    expect(answer.text).toContain(`"'=cmd"`);
    expect(answer.text).not.toMatch(/(^|,)"[=+\-@]/m);
  });

  it('is for those who may read the audit, of their own account, with the feature on', async () => {
    const [one, viewer] = [await filled(), await hub.accountWith('viewer')];
    const ask = async (path: string, token: string | null) => (await hub.send('GET', `${path}/audit.csv`, token)).json;
    expect(await ask(one.path, null)).toMatchObject({ status: 401 });
    expect(await ask(viewer.path, viewer.member.token)).toMatchObject({ status: 403 });
    expect(await ask(one.path, viewer.member.token)).toMatchObject({ status: 404, code: 'accounts/not-found' });
    expect(await ask(`/accounts/${newId()}`, viewer.member.token)).toMatchObject({ status: 404, code: 'accounts/not-found' });
    expect(await ask('/accounts/1', viewer.member.token)).toMatchObject({ status: 400 });
    expect((await hub.send('GET', `${one.path}/audit.csv?nonsense=1`, one.member.token)).status).toBe(400);
    await hub.send('PUT', `${one.path}/features`, hub.operator.token, { features: { 'audit-export': false } });
    expect(await ask(one.path, one.member.token)).toMatchObject({ status: 403, code: 'settings/feature-off' });
  });

  it('of more than 50,000 lines is refused before its first byte; of fewer it comes whole', async () => {
    const { id, path, member } = await hub.accountWith('supervisor');
    const plant = (action: string, lines: number) =>
      testDatabase.asSuperuser(
        `INSERT INTO app.audit_entry (account_id, actor, action, subject_type) SELECT '${id}', '{"kind":"system","id":null,"name":"x"}', '${action}', 'x' FROM generate_series(1, ${lines})`,
      );
    await plant('many.planted', 50_001);
    await plant('some.planted', 1_700);
    expect((await hub.send('GET', `${path}/audit.csv`, member.token)).json).toMatchObject({ status: 400, code: 'audit/export-too-large' });
    const some = await hub.send('GET', `${path}/audit.csv?action=some.planted`, member.token);
    expect(some.text.trimEnd().split('\r\n')).toHaveLength(1_701);
  });
});

describe('sign-ins of members', () => {
  it('are told to their account from the day they joined, with a hash in place of the address', async () => {
    const { id, path, member } = await hub.accountWith('admin');
    const before = (await hub.send('GET', `${path}/sign-ins`, member.token)).json.items;
    expect(before).toEqual([]);
    await hub.logIn(member.email, undefined, '198.51.100.7');
    await hub.logIn(member.email, 'not the password', '198.51.100.7');
    const { items } = (await hub.send('GET', `${path}/sign-ins`, member.token)).json;
    const ipHash = createHash('sha256').update(`${id}|198.51.100.7`).digest('hex').slice(0, 16);
    expect(items).toMatchObject([
      { action: 'access.sign-in-refused', userId: member.userId, ipHash },
      { action: 'access.signed-in', userId: member.userId, ipHash },
    ]);
    expect(JSON.stringify(items)).not.toContain('198.51.100.7');
    const first = (await hub.send('GET', `${path}/sign-ins?limit=1`, member.token)).json;
    expect(first.items).toEqual([items[0]]);
    expect((await hub.send('GET', `${path}/sign-ins?cursor=${first.nextCursor}`, member.token)).json.items).toEqual([items[1]]);
  });

  it('of others are not told, nor to those who may not read the audit', async () => {
    const [one, other] = [await hub.accountWith('admin'), await hub.accountWith('agent')];
    await hub.logIn(other.member.email);
    expect((await hub.send('GET', `${one.path}/sign-ins`, one.member.token)).json.items).toEqual([]);
    expect((await hub.send('GET', `${other.path}/sign-ins`, other.member.token)).status).toBe(403);
    expect((await hub.send('GET', `${other.path}/sign-ins`, one.member.token)).status).toBe(404);
  });
});
