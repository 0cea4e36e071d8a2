import { randomBytes, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { Role } from '@whatpro/sdk/contract';
import { createAccess } from '#modules/access';
import { createAccountsRouter } from '#modules/accounts';
import { createAuditRouter, exportAuditRoute } from '#modules/audit';
import { createKeyRing, createPasswords } from '#platform/crypto';
import type { Database } from '#platform/database';
import { createApp, createHttpServer, createOriginBook, CROSS_ORIGIN_PATHS, crossOrigin, jsonBody, mountRoutes } from '#platform/edge';
import { createRestRouter } from '#platform/rest';
import { router } from '#platform/trpc';
import { requireFeature } from './features.ts';
import { createSettingsRouter } from './settings.router.ts';

const password = 'telhado verde no rio';
const passwords = createPasswords({ queueLimit: 100 });

export type SettingsHub = Awaited<ReturnType<typeof startSettingsHub>>;

/** Accounts with their settings and their audit, over the wire. */
export async function startSettingsHub(database: Database, { production = true } = {}) {
  const keyRing = createKeyRing({ current: { id: 'test', key: randomBytes(32) } });
  const access = createAccess({ database, keyRing, passwords, issuer: 'https://hub.example.com' });
  const origins = createOriginBook({
    lookUp: async (origin) => (await database.system.lookUp('origin_is_known', [origin], (row) => row.known === true))[0] === true,
    monotonicMs: () => performance.now(),
  });
  const app = router({
    accounts: createAccountsRouter({ database }),
    audit: createAuditRouter(database),
    settings: createSettingsRouter({ database, tools: { production, originsChanged: origins.forget } }),
  });
  const createContext = async (request: Request) => ({
    ...(await access.enter(request)),
    openAccount: (accountId: string) => ({
      run: <T>(work: Parameters<typeof database.withAccount<T>>[1]) => database.withAccount(accountId, work),
    }),
  });
  const server = createHttpServer(
    createApp({
      trustProxy: 1,
      hostNames: [],
      onError: () => undefined,
      mount(routes) {
        routes.use([...CROSS_ORIGIN_PATHS], crossOrigin(origins, []));
        routes.use('/api', jsonBody());
        mountRoutes(
          routes,
          [
            ...access.routes,
            exportAuditRoute(createContext, (account) => account.database.run((open) => requireFeature(open, 'audit-export'))),
          ],
          [],
        );
        routes.use('/api/v1', createRestRouter({ router: app, createContext }));
      },
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;

  const send = async (method: string, path: string, token: string | null, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
  };
  const logIn = (email: string, given = password, ip = '192.0.2.1') =>
    send('POST', '/auth/login', null, { email, password: given }, { 'x-forwarded-for': ip });
  const person = async (operator: boolean) => {
    const email = `${randomUUID()}@example.com`;
    const hashed = await passwords.hashPassword(password);
    const passwordHash = hashed.ok ? hashed.hash : '';
    const { id: userId } = await database.system.run((tables) =>
      tables.hubUser.create({ data: { email, name: 'Someone', operator, passwordHash } }),
    );
    const signedIn = await logIn(email);
    return { email, userId, token: String(signedIn.json?.accessToken) };
  };
  const operator = await person(true);
  return {
    send,
    logIn,
    person,
    operator,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    /** An account with one member. */
    async accountWith(role: Exclude<Role, 'operator'>) {
      const { id } = (await send('POST', '/accounts', operator.token, { name: 'Loja' })).json as { id: string };
      const member = await person(false);
      await database.withAccount(id, (open) => open.member.create({ data: { userId: member.userId, role } }));
      return { id, member, path: `/accounts/${id}` };
    },
  };
}
