import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { accountId, createSampleRouter, serveSample, userId } from '../rest/sample-router.fixture.ts';
import { listProcedures, procedureFaults } from './list-procedures.ts';
import { accountProcedure, publicProcedure, router } from './procedures.ts';
import { t } from './trpc.ts';

const sampleRouter = createSampleRouter();
let hub: Awaited<ReturnType<typeof serveSample>>;
const told: unknown[] = [];
beforeAll(async () => void (hub = await serveSample((error) => told.push(error))));
afterAll(() => hub.close());

const ours = { 'content-type': 'application/json', 'x-wph-csrf': '1' };
const post = (path: string, body: string, headers: Record<string, string> = ours) =>
  fetch(`${hub.origin}/trpc/${path}`, { method: 'POST', body, headers });
const get = async (path: string, input?: unknown, as?: string) => {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const answer = await fetch(`${hub.origin}/trpc/${path}${query}`, { headers: as === undefined ? {} : { authorization: `Bearer ${as}` } });
  return {
    status: answer.status,
    body: (await answer.json()) as { result?: { data: { json: unknown } }; error?: { json: Record<string, unknown> } },
  };
};

describe('procedures', () => {
  it('ask for a sign-in, an operator, or a permission in the account', async () => {
    expect((await get('own')).status).toBe(401);
    expect((await get('own', undefined, 'reader')).body.result?.data.json).toBe(userId);
    expect((await get('hub', undefined, 'reader')).status).toBe(403);
    expect((await get('hub', undefined, 'operator')).status).toBe(200);
    expect((await get('things.list', { accountId }, 'reader')).status).toBe(200);
    expect((await get('things.list', { accountId }, 'stranger')).status).toBe(404);
  });

  it('hide the account id from the schemas of the room, which can be strict', async () => {
    expect((await get('things.list', { accountId, limit: 3 }, 'reader')).body.result?.data.json).toEqual({ seen: { accountId, limit: 3 } });
    expect((await get('things.list', { accountId, limit: 3, other: 1 }, 'reader')).status).toBe(400);
  });

  it('give refusals their code, and nothing of their details', async () => {
    const { status, body } = await get('things.get', { accountId, id: 'none' }, 'reader');
    expect(status).toBe(404);
    expect(body.error?.json).toEqual({
      code: -32004,
      message: 'No such thing.',
      data: { code: 'NOT_FOUND', httpStatus: 404, appCode: 'things/not-found', requestId: expect.stringMatching(/^req_/) },
    });
  });

  it.each(['public.bug', 'public.wrongOutput', 'public.away'])('mask what %s threw (HT-05)', async (path) => {
    const { status, body } = await get(path);
    expect(status).toBe(path === 'public.away' ? 503 : 500);
    expect(JSON.stringify(body)).not.toMatch(/canary|password|stack/);
  });

  it('tell the log the cause', () => {
    expect(told.some((error) => error instanceof Error && String(error.cause).includes('canary'))).toBe(true);
  });

  it('name what is wrong with an input', async () => {
    const { body } = await get('things.list', { accountId, limit: 0 }, 'reader');
    expect(body.error?.json['data']).toMatchObject({ appCode: 'request/invalid', issues: [{ path: 'limit' }] });
  });
});

describe('subscriptions', () => {
  const listen = async (input: object, as?: string) => {
    const query = encodeURIComponent(JSON.stringify({ json: input }));
    const answer = await fetch(`${hub.origin}/trpc/ticks?input=${query}`, {
      headers: { accept: 'text/event-stream', ...(as === undefined ? {} : { authorization: `Bearer ${as}` }) },
    });
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  };

  it('stream events with ids, and go on after the last one seen', async () => {
    const all = await listen({ accountId }, 'reader');
    expect([all.type, [...all.text.matchAll(/^id: (\d)/gm)].map(([, id]) => id)]).toEqual(['text/event-stream', ['1', '2', '3']]);
    const rest = await listen({ accountId, lastEventId: '2' }, 'reader');
    expect([...rest.text.matchAll(/^id: (\d)/gm)].map(([, id]) => id)).toEqual(['3']);
  });

  it('take no credential from the address, and give a stranger no event', async () => {
    for (const text of [(await listen({ accountId })).text, (await listen({ accountId }, 'stranger')).text])
      expect(text).not.toContain('"tick"');
    const inUrl = await fetch(`${hub.origin}/trpc/own?connectionParams=${encodeURIComponent('{"authorization":"Bearer reader"}')}`);
    expect(inUrl.status).toBe(401);
  });
});

describe('the gate before tRPC (IAM-14, M4)', () => {
  it('runs no mutation that is not JSON with our header', async () => {
    const mutations = listProcedures(sampleRouter).filter(({ type }) => type === 'mutation');
    for (const { path } of mutations) {
      for (const type of [
        'multipart/form-data; boundary=x',
        'application/octet-stream',
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json-patch+json',
      ]) {
        expect((await post(path, '--x--', { 'content-type': type, 'x-wph-csrf': '1' })).status, `${path} ${type}`).toBe(415);
      }
      expect((await post(path, '{}', { 'content-type': 'application/json' })).status).toBe(403);
    }
    expect(hub.ran).toEqual([]);
    expect((await post('public.wipe', '{}')).status).toBe(200);
    expect(hub.ran).toEqual(['wipe']);
  });

  it('runs no mutation by GET, and no query by POST', async () => {
    expect((await get('public.wipe')).status).toBe(405);
    expect((await post('public.hello', '{}')).status).toBe(405);
  });

  it('refuses a batch of eleven whole, and answers one of ten', async () => {
    const batch = (size: number) =>
      fetch(`${hub.origin}/trpc/${Array.from({ length: size }, () => 'public.hello').join(',')}?batch=1&input=%7B%7D`);
    expect((await batch(10)).status).toBe(200);
    const refused = await batch(11);
    expect([refused.status, (await refused.text()).includes('hello')]).toEqual([400, false]);
  });

  it('refuses deep and poisoned inputs in the query and in the body', async () => {
    for (const input of [`${'['.repeat(6_00)}${']'.repeat(6_00)}`, '{"json":{"__proto__":{"polluted":1}}}', '{"json":']) {
      expect((await fetch(`${hub.origin}/trpc/things.list?input=${encodeURIComponent(input)}`)).status).toBe(400);
      expect((await post('public.wipe', input)).status).toBe(400);
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('the census', () => {
  it('knows kind, scope, permission, schemas and middlewares of every procedure', () => {
    const listed = listProcedures(sampleRouter);
    expect(listed.map(({ path }) => path)).toEqual([...listed.map(({ path }) => path)].sort());
    expect(listed.find(({ path }) => path === 'things.create')).toMatchObject({
      type: 'mutation',
      hasOutput: true,
      meta: { kind: 'account', scope: 'account', permission: 'instances:write', rest: { method: 'POST', status: 201 } },
    });
    expect(listed.find(({ path }) => path === 'things.create')?.middlewares).toEqual(
      expect.arrayContaining(['translateAppErrors', 'requireSignIn', 'requireAccountPermission']),
    );
    expect(procedureFaults(sampleRouter)).toEqual([]);
  });

  it('finds each kind of fault', () => {
    const faulty = router({
      bare: t.procedure.output(z.null()).query(() => null),
      noOutput: publicProcedure.query(() => null),
      changing: publicProcedure
        .meta({ rest: { method: 'GET', path: '/a', summary: '', tag: '' } })
        .output(z.null())
        .mutation(() => null),
      twin: publicProcedure
        .meta({ rest: { method: 'GET', path: '/b/{x}', summary: '', tag: '' } })
        .output(z.null())
        .query(() => null),
      twinToo: publicProcedure
        .meta({ rest: { method: 'GET', path: '/b/{y}', summary: '', tag: '' } })
        .output(z.null())
        .query(() => null),
      lost: accountProcedure('audit:read')
        .meta({ rest: { method: 'GET', path: '/c', summary: '', tag: '' } })
        .output(z.null())
        .query(() => null),
    });
    expect(procedureFaults(faulty)).toHaveLength(5);
  });

  it('is also a matter of types: no permission and an unknown one do not compile', () => {
    // @ts-expect-error a permission is demanded
    expect(() => accountProcedure()).not.toThrow();
    // @ts-expect-error it is one of the list
    expect(() => accountProcedure('everything')).not.toThrow();
    accountProcedure('audit:read').query(({ ctx }) => {
      // @ts-expect-error the way into other accounts is closed
      ctx.openAccount('');
    });
  });
});
