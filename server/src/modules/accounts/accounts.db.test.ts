import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '@whatpro/sdk/contract';
import { createAccess, createAccessRouter } from '#modules/access';
import { createAuditRouter } from '#modules/audit';
import { createKeyRing, createPasswords } from '#platform/crypto';
import { createApp, createHttpServer, jsonBody, mountRoutes } from '#platform/edge';
import { createRestRouter, renderOpenApi } from '#platform/rest';
import { procedureFaults, router } from '#platform/trpc';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { createAccountsRouter } from './accounts.router.ts';

const password = 'telhado verde no rio';
const passwords = createPasswords();
let testDatabase: TestDatabase;
let origin: string;
let close: () => Promise<void>;
let appRouter: ReturnType<typeof compose>;

const compose = (access: ReturnType<typeof createAccess>) =>
  router({
    access: createAccessRouter(access.context),
    accounts: createAccountsRouter({ database: testDatabase.database }),
    audit: createAuditRouter(testDatabase.database),
  });

beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 5 });
  const keyRing = createKeyRing({ current: { id: 'test', key: randomBytes(32) } });
  const access = createAccess({ database: testDatabase.database, keyRing, passwords, issuer: 'https://hub.example.com' });
  appRouter = compose(access);
  const app = createApp({
    trustProxy: 0,
    hostNames: [],
    onError: () => undefined,
    mount: (routes) => {
      routes.use('/api', jsonBody());
      mountRoutes(routes, access.routes, []);
      routes.use(
        '/api/v1',
        createRestRouter({
          router: appRouter,
          createContext: async (request) => ({
            ...(await access.enter(request)),
            openAccount: (accountId) => ({ run: (work) => testDatabase.database.withAccount(accountId, work) }),
          }),
        }),
      );
    },
  });
  const server = createHttpServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  close = () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections()));
});
afterAll(async () => {
  await close();
  await testDatabase.drop();
});

const send = async (method: string, path: string, token: string | null, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await fetch(origin + path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text === '' ? null : JSON.parse(text) };
};
const login = (email: string) => send('POST', '/api/v1/auth/login', null, { email, password });

async function person(operator: boolean): Promise<{ email: string; userId: string; token: string }> {
  const email = `${randomUUID()}@example.com`;
  const hashed = await passwords.hashPassword(password);
  const passwordHash = hashed.ok ? hashed.hash : '';
  const { id } = await testDatabase.database.system.run((tables) =>
    tables.hubUser.create({ data: { email, name: 'Someone', operator, passwordHash } }),
  );
  return { email, userId: id, token: (await login(email)).json.accessToken };
}
const join = (accountId: string, userId: string, role: Role) =>
  testDatabase.database.withAccount(accountId, async (tables) => void (await tables.member.create({ data: { userId, role } })));
async function accountWith(role: Role) {
  const operator = await person(true);
  const { id } = (await send('POST', '/api/v1/accounts', operator.token, { name: 'Loja' })).json;
  const member = await person(false);
  await join(id, member.userId, role);
  return { operator, member, id: String(id), path: `/api/v1/accounts/${id}` };
}

describe('accounts', () => {
  it('are made by operators only, with defaults, and audited in the account', async () => {
    const operator = await person(true);
    const made = await send('POST', '/api/v1/accounts', operator.token, { name: '  Padaria  ', timeZone: 'America/Recife' });
    expect(made).toMatchObject({ status: 201, json: { name: 'Padaria', locale: 'pt-BR', timeZone: 'America/Recife', status: 'active' } });
    expect(await send('GET', `/api/v1/accounts/${made.json.id}`, operator.token)).toMatchObject({ status: 200, json: made.json });
    const audit = await send('GET', `/api/v1/accounts/${made.json.id}/audit`, operator.token);
    expect(audit.json.items).toMatchObject([
      { action: 'member.added', after: { userId: operator.userId, role: 'admin' } },
      { action: 'account.created', actor: { kind: 'user', id: operator.userId }, before: null, after: { name: 'Padaria' } },
    ]);

    const someone = await person(false);
    expect((await send('POST', '/api/v1/accounts', someone.token, { name: 'x' })).status).toBe(403);
    expect((await send('POST', '/api/v1/accounts', null, { name: 'x' })).status).toBe(401);
  });

  it('refuse unknown keys, a made-up time zone and an empty name', async () => {
    const { token } = await person(true);
    for (const body of [
      { name: 'a', id: randomUUID() },
      { name: 'a', timeZone: 'Mars/Olympus' },
      { name: ' ' },
      { name: 'a', locale: 'fr' },
    ]) {
      expect((await send('POST', '/api/v1/accounts', token, body)).status, JSON.stringify(body)).toBe(400);
    }
  });

  it('are listed whole to operators, page by page, and to everyone else as far as they are members', async () => {
    const { operator, member, id } = await accountWith('viewer');
    await send('POST', '/api/v1/accounts', operator.token, { name: 'Another' });
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 50; page += 1) {
      const { json } = await send('GET', `/api/v1/accounts?limit=1${cursor}`, operator.token);
      seen.push(...json.items.map((account: { id: string }) => account.id));
      if (json.nextCursor === null) break;
      cursor = `&cursor=${json.nextCursor}`;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toContain(id);
    expect((await send('GET', '/api/v1/accounts', member.token)).json).toEqual({
      items: [{ id, name: 'Loja', status: 'active', member: true }],
      nextCursor: null,
    });
    expect((await send('GET', '/api/v1/auth/me', member.token)).json.accounts).toEqual([
      { id, name: 'Loja', status: 'active', role: 'viewer' },
    ]);
  });

  it('are changed by admins, and only in what was given', async () => {
    const { member, path } = await accountWith('admin');
    expect(await send('PATCH', path, member.token, { locale: 'en' })).toMatchObject({ status: 200, json: { name: 'Loja', locale: 'en' } });
    const { json } = await send('GET', `${path}/audit?action=account.changed`, member.token);
    expect(json.items).toMatchObject([{ before: { locale: 'pt-BR' }, after: { locale: 'en' } }]);
    expect((await send('GET', `${path}/audit?to=2000-01-01T00:00:00Z`, member.token)).json.items).toEqual([]);
  });

  it.each(['agent', 'viewer', 'supervisor'] as const)('are not changed by a member who is %s', async (role) => {
    const { member, path } = await accountWith(role);
    expect((await send('PATCH', path, member.token, { name: 'x' })).status).toBe(403);
    expect((await send('GET', path, member.token)).status).toBe(200);
  });

  it('answer a stranger exactly as if they did not exist, on every address (TI-06)', async () => {
    const { path } = await accountWith('admin');
    const stranger = await person(false);
    const missing = `/api/v1/accounts/${randomUUID()}`;
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'x' }],
      ['GET', '/audit'],
    ];
    for (const [method, rest, body] of calls) {
      const [foreign, none] = await Promise.all([
        send(method, path + rest, stranger.token, body),
        send(method, missing + rest, stranger.token, body),
      ]);
      const { requestId: _a, ...foreignJson } = foreign.json;
      const { requestId: _b, ...noneJson } = none.json;
      expect([foreign.status, foreignJson]).toEqual([404, noneJson]);
    }
  });

  it('do not take a membership row that says operator for one', async () => {
    const { member, path } = await accountWith('operator');
    expect((await send('GET', path, member.token)).status).toBe(404);
  });

  it('when suspended can be looked at by their members and changed by operators alone', async () => {
    const { operator, member, path } = await accountWith('admin');
    expect((await send('POST', `${path}/suspend`, member.token)).status).toBe(403);
    for (let twice = 0; twice < 2; twice += 1)
      expect((await send('POST', `${path}/suspend`, operator.token)).json.status).toBe('suspended');
    expect((await send('PATCH', path, member.token, { name: 'x' })).status).toBe(403);
    expect((await send('GET', path, member.token)).status).toBe(200);
    expect((await send('POST', `${path}/resume`, operator.token)).json.status).toBe('active');
    const { json } = await send('GET', `${path}/audit?limit=2`, operator.token);
    expect(json.items.map(({ action }: { action: string }) => action)).toEqual(['account.resumed', 'account.suspended']);
    expect(json.nextCursor).not.toBeNull();
  });

  it('that do not exist cannot be suspended', async () => {
    const { token } = await person(true);
    expect((await send('POST', `/api/v1/accounts/${randomUUID()}/suspend`, token)).status).toBe(404);
  });
});

describe('the cookie (IAM-11, IAM-12, IAM-13)', () => {
  const ours = { 'x-wph-csrf': '1', 'sec-fetch-site': 'same-origin' };

  it('is set, renewed and cleared with exactly these attributes; nothing else carries the refresh token', async () => {
    const { email } = await person(false);
    const opened = await login(email);
    const set = opened.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^__Host-wph_rt=[\w-]{51}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800$/);
    expect(Object.keys(opened.json).sort()).toEqual(['accessToken', 'expiresAt', 'user']);
    expect(opened.headers.get('cache-control')).toBe('no-store');
    const cookie = set.split(';')[0] ?? '';

    const renewed = await send('POST', '/api/v1/auth/refresh', null, {}, { ...ours, cookie });
    expect(renewed.status).toBe(200);
    expect(renewed.headers.get('set-cookie')).not.toBe(set);
    expect((await send('POST', '/api/v1/auth/refresh', null, {}, { cookie })).status).toBe(403);

    for (let twice = 0; twice < 2; twice += 1) {
      const out = await send('POST', '/api/v1/auth/logout', null, {}, { ...ours, cookie });
      expect(out.status).toBe(204);
      expect(out.headers.get('set-cookie')).toBe('__Host-wph_rt=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0');
      expect(out.headers.get('clear-site-data')).toBe('"cookies", "storage"');
    }
    expect((await send('GET', '/api/v1/auth/me', renewed.json.accessToken)).status).toBe(401);
  });

  it('opens nothing but refresh and sign-out', async () => {
    const { email } = await person(true);
    const cookie = (await login(email)).headers.get('set-cookie')?.split(';')[0] ?? '';
    for (const path of ['/api/v1/auth/me', '/api/v1/accounts', '/api/v1/me/sessions'])
      expect((await send('GET', path, null, undefined, { ...ours, cookie })).status).toBe(401);
  });

  it('given twice is believed neither time', async () => {
    const { email } = await person(false);
    const cookie = (await login(email)).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await send('POST', '/api/v1/auth/refresh', null, {}, { ...ours, cookie: `${cookie}; __Host-wph_rt=planted` })).status).toBe(
      401,
    );
  });

  it('names what is wrong with a sign-in', async () => {
    const answer = await send('POST', '/api/v1/auth/login', null, { email: 'no', password: 'x', operator: true });
    expect([answer.status, answer.json.code]).toEqual([400, 'request/invalid']);
    expect(answer.json.issues.length).toBeGreaterThan(0);
  });
});

describe('the rooms together', () => {
  it('obey the census, publish their keys, and describe themselves', async () => {
    expect(procedureFaults(appRouter)).toEqual([]);
    const keys = await send('GET', '/.well-known/jwks.json', null);
    expect([keys.headers.get('cache-control'), Object.keys(keys.json.keys[0]).sort()]).toEqual([
      'public, max-age=300',
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ]);
    const document = renderOpenApi(appRouter, { version: '0.1.0' });
    expect(Object.keys(document.paths)).toEqual([
      '/api/v1/accounts',
      '/api/v1/accounts/{accountId}',
      '/api/v1/accounts/{accountId}/audit',
      '/api/v1/accounts/{accountId}/resume',
      '/api/v1/accounts/{accountId}/sign-ins',
      '/api/v1/accounts/{accountId}/suspend',
      '/api/v1/auth/me',
      '/api/v1/auth/password',
      '/api/v1/me/sessions',
      '/api/v1/me/sessions/{id}',
    ]);
  });
});
