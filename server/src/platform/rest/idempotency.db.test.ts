import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineErrors } from '@whatpro/sdk/contract';
import { newId } from '#platform/ids';
import { createApp, createHttpServer, jsonBody } from '#platform/edge';
import { accountProcedure, AppError, type Principal, router, wholeAccount } from '#platform/trpc';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { listen, type Loopback } from '../edge/loopback.fixture.ts';
import { createRemoveExpiredAnswersHandler } from './remove-expired-answers.worker.ts';
import { createRestRouter } from './rest-router.ts';

const errors = defineErrors('things', { taken: { kind: 'conflict', message: 'Taken.' } });
const thing = z.strictObject({ name: z.string().min(1).max(20), more: z.record(z.string().max(9), z.int()).optional() });
const made = z.object({ id: z.string(), name: z.string(), shownOnce: z.string(), at: z.date() });

let testDatabase: TestDatabase;
let hub: Loopback;
let ran: string[] = [];
let now = new Date();
/** Set by a test to hold a request open. */
let gate: Promise<void> = Promise.resolve();
const accounts = { one: newId(), other: newId() };
const person = (userId: string): Principal => ({ kind: 'user', userId, sessionId: 's', operator: false, name: userId });
const principals: Readonly<Record<string, Principal>> = { ana: person(newId()), bia: person(newId()), reader: person(newId()) };

const sample = router({
  create: accountProcedure('instances:write')
    .meta({ rest: { method: 'POST', path: '/accounts/{accountId}/things', status: 201, summary: 'x', tag: 'x' } })
    .input(thing)
    .output(made)
    .mutation(async ({ input }) => {
      ran.push(input.name);
      await gate;
      if (input.name === 'taken') throw new AppError(errors.taken);
      if (input.name === 'bug') throw new Error('canary');
      return { id: randomUUID(), name: input.name, shownOnce: `canary-${randomUUID()}`, at: new Date() };
    }),
  remove: accountProcedure('instances:write')
    .meta({ rest: { method: 'DELETE', path: '/accounts/{accountId}/things/{id}', status: 204, summary: 'x', tag: 'x' } })
    .input(z.strictObject({ id: z.string().max(50) }))
    .output(z.null())
    .mutation(({ input }) => (ran.push(`remove ${input.id}`), null)),
});

beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 10 });
  const { database } = testDatabase;
  for (const id of Object.values(accounts)) await database.withAccount(id, (open) => open.account.create({ data: { id, name: 'A' } }));
  const sealed = new Map<string, string>();
  const app = createApp({
    trustProxy: 0,
    hostNames: [],
    onError: () => undefined,
    mount(routes) {
      routes.use(jsonBody());
      routes.use(
        '/api/v1',
        createRestRouter({
          router: sample,
          createContext: async (request) => ({
            request: { requestId: 'r', ip: '', userAgent: null },
            actor: principals[request.headers.authorization ?? ''] ?? null,
            authorise: async (actor, accountId) =>
              accountId === accounts.one || accountId === accounts.other
                ? {
                    role: null,
                    permissions: new Set(actor.name === principals['reader']?.name ? [] : ['instances:write' as const]),
                    reach: wholeAccount,
                  }
                : null,
            openAccount: (accountId) => ({ run: (work) => database.withAccount(accountId, work) }),
          }),
          once: {
            seal: {
              seal(_accountId, rowId, text) {
                sealed.set(rowId, text);
                return `sealed ${rowId}`;
              },
              open: (_accountId, rowId, text) => (text === `sealed ${rowId}` ? (sealed.get(rowId) ?? null) : null),
            },
            now: () => now,
            onLost: () => undefined,
          },
        }),
      );
    },
  });
  hub = await listen(createHttpServer(app));
});
afterAll(async () => {
  await hub.close();
  await testDatabase.drop();
});
beforeEach(() => {
  ran = [];
  now = new Date();
  gate = Promise.resolve();
});

interface Ask {
  readonly key?: string;
  readonly as?: string;
  readonly account?: string;
  readonly method?: string;
  readonly path?: string;
}
const ask = async (body: unknown, { key, as = 'ana', account = accounts.one, method = 'POST', path = '' }: Ask = {}) => {
  const answer = await fetch(`${hub.origin}/api/v1/accounts/${account}/things${path}`, {
    method,
    headers: {
      authorization: as,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const code = answer.status < 400 ? null : (JSON.parse(text) as { code: string }).code;
  return {
    status: answer.status,
    text,
    code,
    replayed: answer.headers.get('idempotency-replayed'),
    after: answer.headers.get('retry-after'),
  };
};
const rows = () => testDatabase.asSuperuser('SELECT * FROM app.idempotency_key');

describe('the same request twice (RL-05)', () => {
  it('is done once, and answered with the same status and the same bytes', async () => {
    const key = randomUUID();
    const first = await ask({ name: 'lamp', more: { a: 1, b: 2 } }, { key });
    const again = await ask('{ "more": {"b":2, "a":1}, "name":"lamp" }', { key });
    expect([first.status, first.replayed, again.status, again.replayed]).toEqual([201, null, 201, 'true']);
    expect(again.text).toBe(first.text);
    expect(ran).toEqual(['lamp']);
  });

  it('is done once when fifty come together; the others are told to come back', async () => {
    const key = randomUUID();
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const answers = Array.from({ length: 50 }, () => ask({ name: 'crowd' }, { key }));
    // All but the one that runs are answered while it is held.
    let early = 0;
    const refusals = new Promise<void>((resolve) => {
      for (const answer of answers) void answer.then(() => ++early === 49 && resolve());
    });
    await refusals;
    open();
    const all = await Promise.all(answers);
    expect(ran).toEqual(['crowd']);
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
    const waiting = all.filter(({ status, code, after }) => status === 409 && code === 'request/idempotency-in-progress' && after === '1');
    expect(waiting).toHaveLength(49);
  });

  it('without a body is answered without one', async () => {
    const key = randomUUID();
    const options = { key, method: 'DELETE', path: '/7' };
    expect(await ask(undefined, options)).toMatchObject({ status: 204, text: '', replayed: null });
    expect(await ask(undefined, options)).toMatchObject({ status: 204, text: '', replayed: 'true' });
    expect(ran).toEqual(['remove 7']);
    expect(await ask(undefined, { ...options, path: '/8' })).toMatchObject({ status: 422 });
  });

  it('with another body under the same key is refused (422) and not done', async () => {
    const key = randomUUID();
    await ask({ name: 'lamp' }, { key });
    expect(await ask({ name: 'chair' }, { key })).toMatchObject({ status: 422, code: 'request/idempotency-key-reused' });
    expect(ran).toEqual(['lamp']);
  });

  it('is done again for another person, in another account, at another address, and without a key (TI-12)', async () => {
    const key = randomUUID();
    await ask({ name: 'a' }, { key });
    await ask({ name: 'a' }, { key, as: 'bia' });
    await ask({ name: 'a' }, { key, account: accounts.other });
    await ask(undefined, { key, method: 'DELETE', path: '/7' });
    await ask({ name: 'a' });
    await ask({ name: 'a' });
    expect(ran).toHaveLength(6);
  });

  it('is done again a day later', async () => {
    const key = randomUUID();
    await ask({ name: 'a' }, { key });
    now = new Date(now.getTime() + 24 * 3_600_000 - 1_000);
    expect((await ask({ name: 'a' }, { key })).replayed).toBe('true');
    now = new Date(now.getTime() + 2_000);
    expect((await ask({ name: 'a' }, { key })).replayed).toBeNull();
    expect(ran).toHaveLength(2);
  });
});

describe('what is not kept', () => {
  it('a request that is not valid, or was refused: the key is free for the right one', async () => {
    const key = randomUUID();
    expect((await ask({ name: '' }, { key })).status).toBe(400);
    expect((await ask({ name: 'taken' }, { key })).code).toBe('things/taken');
    expect((await ask({ name: 'lamp' }, { key })).status).toBe(201);
  });

  it('anything of somebody who may not: nothing is written into an account for them', async () => {
    const before = (await rows()).length;
    expect((await ask({ name: 'a' }, { key: 'k', as: 'nobody' })).status).toBe(401);
    expect((await ask({ name: 'a' }, { key: 'k', as: 'reader' })).status).toBe(403);
    expect((await ask({ name: 'a' }, { key: 'k', account: newId() })).status).toBe(404);
    expect((await ask({ name: 'a' }, { key: 'k', account: 'x' })).status).toBe(400);
    expect((await rows()).length).toBe(before);
  });

  it('a key that is none: too long, empty, with a space at its end or more than ASCII', async () => {
    for (const key of ['k'.repeat(256), 'caf\u00e9'])
      expect(await ask({ name: 'a' }, { key })).toMatchObject({ status: 400, code: 'request/idempotency-key-malformed' });
    expect((await ask({ name: 'a' }, { key: 'k'.repeat(255) })).status).toBe(201);
    expect(ran).toEqual(['a']);
  });

  it('an answer in clear text: what is shown once is sealed at rest', async () => {
    await ask({ name: 'lamp' }, { key: randomUUID() });
    expect(JSON.stringify(await rows())).not.toContain('canary');
  });
});

describe('a request whose end nobody saw', () => {
  it('after a bug is not done again and not claimed to be done', async () => {
    const key = randomUUID();
    expect((await ask({ name: 'bug' }, { key })).status).toBe(500);
    expect(await ask({ name: 'bug' }, { key })).toMatchObject({ status: 409, code: 'request/idempotency-outcome-unknown' });
    expect(ran).toEqual(['bug']);
  });

  it('after its process ended: in progress for two minutes, then not known', async () => {
    const key = randomUUID();
    await ask({ name: 'lamp' }, { key });
    await testDatabase.asSuperuser(`UPDATE app.idempotency_key SET status = NULL, body = NULL WHERE key = '${key}'`);
    expect(await ask({ name: 'lamp' }, { key })).toMatchObject({ status: 409, code: 'request/idempotency-in-progress', after: '1' });
    now = new Date(now.getTime() + 121_000);
    expect(await ask({ name: 'lamp' }, { key })).toMatchObject({ status: 409, code: 'request/idempotency-outcome-unknown' });
    expect(ran).toEqual(['lamp']);
  });
});

describe('kept answers', () => {
  it('are removed when their day is over, in every account, and no others', async () => {
    const keys: string[] = [randomUUID(), randomUUID()];
    await ask({ name: 'a' }, { key: keys[0] ?? '' });
    await ask({ name: 'a' }, { key: keys[1] ?? '', account: accounts.other });
    const remove = createRemoveExpiredAnswersHandler(testDatabase.database, () => now);
    await remove();
    expect((await rows()).filter(({ key }) => keys.includes(String(key)))).toHaveLength(2);
    now = new Date(now.getTime() + 25 * 3_600_000);
    await remove();
    expect((await rows()).filter(({ key }) => keys.includes(String(key)))).toEqual([]);
  });
});
