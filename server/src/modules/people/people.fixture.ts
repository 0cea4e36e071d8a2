import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { MemberRole } from '@whatpro/sdk/contract';
import { createAccess } from '#modules/access';
import { createAccountsRouter } from '#modules/accounts';
import { createAuditRouter } from '#modules/audit';
import { createInboxesRouter } from '#modules/inboxes';
import { createInstancesRouter } from '#modules/instances';
import { createMessagesRouter } from '#modules/messages';
import type { Clock } from '#platform/clock';
import { createKeyRing, createPasswords } from '#platform/crypto';
import { createApp, createHttpServer, jsonBody, mountRoutes } from '#platform/edge';
import type { Database } from '#platform/database';
import { createLive } from '#platform/realtime';
import { createRestRouter } from '#platform/rest';
import { createTrpcHandler, mergeRouters, router } from '#platform/trpc';
import type { Request } from 'express';
import { createPeopleRouter } from './people.router.ts';

const password = 'telhado verde no rio';
const passwords = createPasswords({ queueLimit: 100 });

export type PeopleHub = Awaited<ReturnType<typeof startPeopleHub>>;

/** The rooms that people act in, over the wire, on a clock that can be moved forward. */
export async function startPeopleHub(database: Database) {
  let aheadMs = 0;
  const clock: Clock = { now: () => new Date(Date.now() + aheadMs), monotonicMs: () => performance.now() + aheadMs };
  const keyRing = createKeyRing({ current: { id: 'test', key: randomBytes(32) } });
  const access = createAccess({ database, keyRing, passwords, clock, issuer: 'https://hub.example.com' });
  const live = createLive(null, () => undefined);
  const changed = (accountId: string, ids: readonly string[]): void => live.changed(accountId, 'messages', ids);
  const peers = { keys: keyRing, publicUrl: 'https://hub.example.com', changed: () => undefined };
  const unused = {} as never;
  const app = mergeRouters(
    router({ accounts: createAccountsRouter({ database }), audit: createAuditRouter(database) }),
    createInstancesRouter({ ...peers, providers: new Map(), peers: unused }),
    createInboxesRouter({ ...peers, http: unused, clock }),
    createMessagesRouter({ live, changed }),
    createPeopleRouter({ access: access.context, publicUrl: 'https://hub.example.com' }),
  );
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
        routes.use(['/api', '/trpc'], jsonBody());
        mountRoutes(routes, access.routes, []);
        routes.use('/api/v1', createRestRouter({ router: app, createContext }));
        routes.use('/trpc', createTrpcHandler({ router: app, createContext, onError: () => undefined }));
      },
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const hash = await passwords.hashPassword(password);
  const passwordHash = hash.ok ? hash.hash : '';

  const send = async (method: string, path: string, token: string | null, body?: unknown, from = `203.0.113.${randomInt(255)}`) => {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        'x-forwarded-for': from,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? null : JSON.parse(text) };
  };
  const signIn = async (email: string): Promise<string> => (await send('POST', '/auth/login', null, { email, password })).json.accessToken;

  async function person({ operator = false } = {}) {
    const email = `${randomUUID()}@example.com`;
    const { id: userId } = await database.system.run((tables) =>
      tables.hubUser.create({ data: { email, name: operator ? 'Olga' : 'Ana', operator, passwordHash } }),
    );
    return { email, userId, token: await signIn(email) };
  }

  /** Somebody with a role in an account, put there past the invitations. */
  async function member(accountId: string, role: MemberRole) {
    const someone = await person();
    const { id } = await database.withAccount(accountId, (tables) => tables.member.create({ data: { userId: someone.userId, role } }));
    return { ...someone, id };
  }

  async function account() {
    const creator = await person({ operator: true });
    const { id } = (await send('POST', '/accounts', creator.token, { name: 'Loja' })).json;
    return { creator, id: String(id), path: `/accounts/${id}` };
  }

  return {
    origin,
    database,
    access: access.context,
    send,
    signIn,
    person,
    member,
    account,
    live: changed,
    pass: (ms: number) => void (aheadMs += ms),
    async close() {
      await new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections()));
      await live.close();
    },
  };
}

/** An inbox with its instance and one dead letter; without `linked`, an instance alone. */
export async function addNumber(database: Database, accountId: string, linked = true) {
  return database.withAccount(accountId, async (tables) => {
    const name = randomUUID().slice(0, 8);
    const server =
      (await tables.providerServer.findFirst()) ??
      (await tables.providerServer.create({
        data: { provider: 'sandbox', name, baseUrl: 'http://gateway.example.com', adminSecret: 'x' },
      }));
    const instance = await tables.instance.create({ data: { providerServerId: server.id, name, externalId: name, token: 'x' } });
    const thread = await tables.thread.create({ data: { instanceId: instance.id, kind: 'person', address: name } });
    const lane = await tables.lane.create({ data: { threadId: thread.id, direction: 'inbound' } });
    const message = await tables.message.create({
      data: {
        laneId: lane.id,
        threadId: thread.id,
        instanceId: instance.id,
        direction: 'inbound',
        seq: 1,
        origin: 'contact',
        kind: 'text',
        state: 'dead',
        content: { text: `said to ${name}` },
      },
    });
    if (!linked) return { instanceId: instance.id, messageId: message.id, inboxId: randomUUID(), threadId: thread.id };
    const link =
      (await tables.chatwootLink.findFirst()) ??
      (await tables.chatwootLink.create({ data: { baseUrl: 'http://chatwoot.example.com', chatwootAccountId: 1, name, token: 'x' } }));
    const inbox = await tables.inbox.create({
      data: { chatwootLinkId: link.id, chatwootInboxId: randomInt(1_000_000), name, instanceId: instance.id },
    });
    return { instanceId: instance.id, messageId: message.id, inboxId: inbox.id, threadId: thread.id };
  });
}
