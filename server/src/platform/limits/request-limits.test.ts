import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Request } from 'express';
import { createApp, createHttpServer, jsonBody } from '#platform/edge';
import { createRestRouter } from '#platform/rest';
import { accountProcedure, createTrpcHandler, type Principal, router, signedInProcedure, wholeAccount } from '#platform/trpc';
import { listen, type Loopback } from '../edge/loopback.fixture.ts';
import { createMemoryCounter } from './memory-counter.ts';
import { createRequestLimits, hasCredential, type LimitRules } from './request-limits.ts';

const accounts = { one: '00000000-0000-7000-8000-000000000001', other: '00000000-0000-7000-8000-000000000002' };
const clock = { now: () => new Date(), monotonicMs: () => 0 };
const perMinute = (points: number) => ({ points, perSeconds: 60 });
const ample: LimitRules = { address: perMinute(1_000), principal: perMinute(1_000), account: perMinute(1_000) };

const principals: Readonly<Record<string, Principal>> = {
  ana: { kind: 'user', userId: 'ana', sessionId: 's', operator: false, name: 'Ana' },
  bia: { kind: 'user', userId: 'bia', sessionId: 's', operator: false, name: 'Bia' },
  key: {
    kind: 'api-key',
    apiKeyId: 'k',
    publicId: 'k',
    accountId: accounts.one,
    name: 'Key',
    createdBy: 'ana',
    scopes: new Set(['messages:read']),
    perMinute: 4,
  },
};

const sample = router({
  own: signedInProcedure
    .meta({ rest: { method: 'GET', path: '/own', summary: 'x', tag: 'x' } })
    .output(z.string())
    .query(() => 'own'),
  look: accountProcedure('messages:read')
    .meta({ rest: { method: 'GET', path: '/accounts/{accountId}/look', summary: 'x', tag: 'x' } })
    .output(z.string())
    .query(() => 'seen'),
  dear: accountProcedure('messages:read')
    .meta({ cost: 5, rest: { method: 'GET', path: '/accounts/{accountId}/dear', summary: 'x', tag: 'x' } })
    .output(z.string())
    .query(() => 'seen'),
});

let hub: Loopback | undefined;
afterEach(async () => hub?.close());

async function serve(rules: Partial<LimitRules>): Promise<void> {
  const limits = createRequestLimits({
    counter: createMemoryCounter(clock),
    local: createMemoryCounter(clock),
    rules: { ...ample, ...rules },
    networkOf: (ip) => ip,
  });
  const createContext = async (request: Request) => {
    if (hasCredential(request)) await limits.requireTrust(request);
    const actor = principals[request.headers.authorization?.replace('Bearer ', '') ?? ''] ?? null;
    if (hasCredential(request) && actor === null) await limits.countRefusal(request);
    return {
      request: { requestId: 'r', ip: '', userAgent: null },
      actor,
      admit: limits.admitOf(request),
      authorise: async () => ({ role: null, permissions: new Set(['messages:read'] as const), reach: wholeAccount }),
      openAccount: () => ({ run: () => Promise.reject(new Error('none here')) }),
    };
  };
  const app = createApp({
    trustProxy: 1,
    hostNames: [],
    onError: () => undefined,
    mount(routes) {
      routes.use(['/api/v1', '/trpc'], limits.byAddress, jsonBody());
      routes.use('/api/v1', createRestRouter({ router: sample, createContext }));
      routes.use('/trpc', createTrpcHandler({ router: sample, createContext, onError: () => undefined }));
    },
  });
  hub = await listen(createHttpServer(app));
}

const ask = (path: string, { as, from = '192.0.2.1' }: { as?: string; from?: string } = {}) =>
  fetch(`${hub?.origin}${path}`, { headers: { 'x-forwarded-for': from, ...(as === undefined ? {} : { authorization: `Bearer ${as}` }) } });
const statuses = async (times: number, path: string, options: { as?: string; from?: string } = {}) =>
  (await Promise.all(Array.from({ length: times }, () => ask(path, options)))).map(({ status }) => status);
const count = (list: readonly number[], status: number) => list.filter((one) => one === status).length;

describe('each layer of limits by itself (HT-10)', () => {
  it('an address without a credential: other addresses and signed-in people behind the same one are not touched', async () => {
    await serve({ address: perMinute(5) });
    const list = await statuses(8, '/api/v1/own');
    expect([count(list, 401), count(list, 429)]).toEqual([5, 3]);
    expect((await ask('/api/v1/own', { from: '192.0.2.2' })).status).toBe(401);
    expect((await ask('/api/v1/own', { as: 'ana' })).status).toBe(200);
  });

  it('an address without a credential pays for each call of a batch', async () => {
    await serve({ address: perMinute(5) });
    expect((await ask('/trpc/own,own,own,own?batch=1')).status).toBe(401);
    expect((await ask('/trpc/own,own?batch=1')).status).toBe(429);
    expect((await ask('/trpc/own%2Cown?batch=1')).status).toBe(429);
  });

  it('an address whose credentials are not good is not listened to any more, before anything is looked up', async () => {
    await serve({ address: perMinute(3) });
    expect(count(await statuses(3, '/api/v1/own', { as: 'nobody' }), 401)).toBe(3);
    const refused = await ask('/api/v1/own', { as: 'nobody' });
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await ask('/trpc/own', { as: 'nobody' })).status).toBe(429);
    expect((await ask('/api/v1/own', { as: 'ana', from: '192.0.2.2' })).status).toBe(200);
  });

  it('a person: another person is not touched', async () => {
    await serve({ principal: perMinute(5) });
    const list = await statuses(9, '/api/v1/own', { as: 'ana' });
    expect([count(list, 200), count(list, 429)]).toEqual([5, 4]);
    expect((await ask('/api/v1/own', { as: 'bia' })).status).toBe(200);
  });

  it('a key by its own limit, by operation: of a batch of ten with four left, four run', async () => {
    await serve({});
    const input = encodeURIComponent(
      JSON.stringify(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [index, { json: { accountId: accounts.one } }]))),
    );
    const answer = await ask(`/trpc/${Array.from({ length: 10 }, () => 'look').join(',')}?batch=1&input=${input}`, { as: 'key' });
    const items = (await answer.json()) as { result?: unknown; error?: { json: { data: { httpStatus: number } } } }[];
    expect(items.filter((item) => item.result !== undefined)).toHaveLength(4);
    expect(items.filter((item) => item.error?.json.data.httpStatus === 429)).toHaveLength(6);
    expect((await ask(`/api/v1/accounts/${accounts.one}/look`, { as: 'key' })).status).toBe(429);
  });

  it('an account, by everyone in it together: another account is not touched, and who is over their own limit does not use it up', async () => {
    await serve({ account: perMinute(6), principal: perMinute(4) });
    expect(count(await statuses(9, `/api/v1/accounts/${accounts.one}/look`, { as: 'ana' }), 200)).toBe(4);
    expect(count(await statuses(4, `/api/v1/accounts/${accounts.one}/look`, { as: 'bia' }), 200)).toBe(2);
    await hub?.close();
    await serve({ account: perMinute(2) });
    await statuses(3, `/api/v1/accounts/${accounts.one}/look`, { as: 'ana' });
    expect((await ask(`/api/v1/accounts/${accounts.other}/look`, { as: 'ana' })).status).toBe(200);
  });

  it('an operation by what it costs', async () => {
    await serve({ principal: perMinute(12) });
    const path = `/api/v1/accounts/${accounts.one}/dear`;
    expect(count(await statuses(4, path, { as: 'ana' }), 200)).toBe(2);
    expect(count(await statuses(4, `/api/v1/accounts/${accounts.one}/look`, { as: 'ana' }), 200)).toBe(2);
  });

  it('none, where the limit is set to 0', async () => {
    await serve({ address: perMinute(0), principal: perMinute(0), account: perMinute(0) });
    expect(count(await statuses(30, '/api/v1/own'), 401)).toBe(30);
    expect(count(await statuses(30, `/api/v1/accounts/${accounts.one}/look`, { as: 'ana' }), 200)).toBe(30);
  });
});

describe('what the caller is told', () => {
  it('the limit, what is left of it and when it begins anew; on a refusal also when to come back', async () => {
    await serve({ principal: perMinute(2), account: perMinute(9) });
    const path = `/api/v1/accounts/${accounts.one}/look`;
    const first = await ask(path, { as: 'ana' });
    expect(first.headers.get('ratelimit-policy')).toBe('"principal";q=2;w=60, "account";q=9;w=60');
    expect(first.headers.get('ratelimit')).toBe('"principal";r=1;t=60, "account";r=8;t=60');
    await ask(path, { as: 'ana' });
    const refused = await ask(path, { as: 'ana' });
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([
      429,
      '60',
      'application/problem+json',
    ]);
    expect(await refused.json()).toMatchObject({ code: 'request/too-many' });
    const input = encodeURIComponent(JSON.stringify({ json: { accountId: accounts.one } }));
    const overTrpc = await ask(`/trpc/look?input=${input}`, { as: 'ana' });
    expect([overTrpc.status, overTrpc.headers.get('retry-after')]).toEqual([429, '60']);
  });
});
