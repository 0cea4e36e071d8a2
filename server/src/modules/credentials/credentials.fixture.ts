import { randomBytes, randomUUID } from 'node:crypto';
import { createAccess, createAccessRouter } from '#modules/access';
import { createAccountsRouter } from '#modules/accounts';
import { createAuditRouter } from '#modules/audit';
import type { Clock } from '#platform/clock';
import { createKeyRing, createPasswords, type Passwords } from '#platform/crypto';
import type { Database } from '#platform/database';
import { createApp, createHttpServer, jsonBody, mountRoutes, trpcGate } from '#platform/edge';
import { newId } from '#platform/ids';
import { createMemoryCounter, createRequestLimits } from '#platform/limits';
import type { Live } from '#platform/realtime';
import { createRestRouter } from '#platform/rest';
import { createTrpcHandler, mergeRouters, type ProcedureContext, router } from '#platform/trpc';
import type { Role } from '@whatpro/sdk/contract';
import type { Request } from 'express';
import { createCredentialRoutes } from './credential-routes.ts';
import { createCredentialsRouter } from './credentials.router.ts';

export const password = 'telhado verde no rio';
const hasher = createPasswords({ queueLimit: 300 });
const keyRing = createKeyRing({ current: { id: 'test', key: randomBytes(32) } });

/** Begins at the real time, which the database goes by, and moves on only when told. */
export function movableClock(): Clock & { pass(ms: number): void } {
  let ms = Date.now();
  return { now: () => new Date(ms), monotonicMs: () => ms, pass: (by) => void (ms += by) };
}

/** One process of the Hub on its own port, counting what it costs. */
export async function startProcess(database: Database, clock: Clock, live?: Live) {
  const cost = { verified: 0, looked: 0 };
  const passwords: Passwords = { ...hasher, verifyPassword: (text, stored) => ((cost.verified += 1), hasher.verifyPassword(text, stored)) };
  const counting: Database = {
    ...database,
    withAccount: (accountId, work) => ((cost.looked += 1), database.withAccount(accountId, work)),
    system: { ...database.system, lookUp: (...args) => ((cost.looked += 1), database.system.lookUp(...args)) },
  };
  const access = createAccess({
    database: counting,
    keyRing,
    passwords,
    clock,
    issuer: 'https://hub.example.com',
    ...(live ? { live } : {}),
  });
  const off = { points: 0, perSeconds: 60 };
  const counter = createMemoryCounter(clock);
  const limits = createRequestLimits({
    counter,
    local: counter,
    rules: { address: off, principal: off, account: off },
    networkOf: (ip) => ip,
  });
  const appRouter = mergeRouters(
    router({
      access: createAccessRouter(access.context),
      accounts: createAccountsRouter({ database }),
      audit: createAuditRouter(database),
    }),
    createCredentialsRouter(access.context),
  );
  const createContext = async (request: Request): Promise<ProcedureContext> => ({
    ...(await access.enter(request)),
    admit: limits.admitOf(request),
    openAccount: (accountId) => ({ run: (work) => database.withAccount(accountId, work) }),
  });
  const app = createApp({
    trustProxy: 0,
    hostNames: [],
    onError: () => undefined,
    mount: (routes) => {
      routes.use(['/api', '/trpc'], jsonBody());
      mountRoutes(routes, [...access.routes, ...createCredentialRoutes(access, limits.admitOf)], []);
      routes.use('/api/v1', createRestRouter({ router: appRouter, createContext }));
      routes.use('/trpc', trpcGate, createTrpcHandler({ router: appRouter, createContext, onError: () => undefined }));
    },
  });
  const server = createHttpServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    access,
    cost,
    origin,
    /** `who`: headers of the caller. */
    async send(method: string, path: string, who: Readonly<Record<string, string>> = {}, body?: unknown) {
      const answer = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { ...who, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, json: text === '' ? null : JSON.parse(text) };
    },
    close: () => new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}

export type Process = Awaited<ReturnType<typeof startProcess>>;

export async function addAccount(database: Database): Promise<string> {
  const id = newId();
  await database.withAccount(id, (open) => open.account.create({ data: { id, name: 'Loja' }, select: { id: true } }));
  return id;
}

export async function addMember(database: Database, accountId: string, role: Role = 'admin') {
  const email = `${randomUUID()}@example.com`;
  const hashed = await hasher.hashPassword(password);
  if (!hashed.ok) throw new Error('busy');
  const { id: userId } = await database.system.run((tables) =>
    tables.hubUser.create({ data: { email, name: email, passwordHash: hashed.hash }, select: { id: true } }),
  );
  await database.withAccount(accountId, (open) => open.member.create({ data: { userId, role }, select: { id: true } }));
  return { email, userId };
}

export async function signIn(hub: Process, email: string): Promise<{ authorization: string }> {
  const { json } = await hub.send('POST', '/auth/login', {}, { email, password });
  return { authorization: `Bearer ${json.accessToken}` };
}

export async function addInstance(database: Database, accountId: string): Promise<{ instanceId: string; inboxId: string }> {
  return database.withAccount(accountId, async (open) => {
    const server = await open.providerServer.create({
      data: { provider: 'uazapi', name: randomUUID(), baseUrl: 'https://uazapi.example', adminSecret: 'v1.x' },
    });
    const instance = await open.instance.create({
      data: { providerServerId: server.id, name: randomUUID(), externalId: randomUUID(), token: 'v1.x' },
    });
    const link = await open.chatwootLink.create({
      data: { baseUrl: `https://${randomUUID()}.example`, chatwootAccountId: 1, name: randomUUID(), token: 'v1.x' },
    });
    const inbox = await open.inbox.create({
      data: { chatwootLinkId: link.id, chatwootInboxId: 7, name: 'WhatsApp', instanceId: instance.id },
    });
    return { instanceId: instance.id, inboxId: inbox.id };
  });
}
