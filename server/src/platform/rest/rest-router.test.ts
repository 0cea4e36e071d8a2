import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId, serveSample } from './sample-router.fixture.ts';

let hub: Awaited<ReturnType<typeof serveSample>>;
beforeAll(async () => void (hub = await serveSample()));
afterAll(() => hub.close());

const things = `/api/v1/accounts/${accountId}/things`;
const call = async (
  method: string,
  path: string,
  { as, body, type = 'application/json' }: { as?: string; body?: unknown; type?: string } = {},
) => {
  const answer = await fetch(hub.origin + path, {
    method,
    headers: { ...(as === undefined ? {} : { authorization: `Bearer ${as}` }), ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: text === '' ? undefined : JSON.parse(text) };
};

describe('REST from procedures', () => {
  it('reads address and query into typed inputs, and applies defaults', async () => {
    const { status, json } = await call('GET', `${things}?limit=7&done=false&tags=a&tags=b`, { as: 'reader' });
    expect([status, json]).toEqual([200, { seen: { accountId, limit: 7, done: false, tags: ['a', 'b'] } }]);
    expect((await call('GET', things, { as: 'reader' })).json).toEqual({ seen: { accountId, limit: 50 } });
  });

  it('answers plain JSON with the status of the procedure, and nothing the output does not name', async () => {
    const made = await call('POST', things, { as: 'writer', body: { name: 'lamp', at: '2026-11-22T10:00:00Z' } });
    expect([made.status, made.json]).toEqual([201, { id: 'new', name: 'lamp', at: '2026-11-22T10:00:00.000Z' }]);
    const removed = await call('DELETE', `${things}/new`, { as: 'writer' });
    expect([removed.status, removed.text]).toEqual([204, '']);
  });

  it('prefers a literal address to a parameter, and a write without a body is one', async () => {
    expect(await call('POST', `${things}/sync`, { as: 'writer' })).toMatchObject({ status: 202, json: { account: accountId } });
  });

  it('decides who may before it looks at what was sent', async () => {
    expect((await call('POST', things, { body: { nonsense: true } })).status).toBe(401);
    expect((await call('POST', things, { as: 'reader', body: { name: 'lamp' } })).status).toBe(403);
  });

  it('answers for another account exactly as for one that does not exist (TI-06)', async () => {
    const strip = ({ status, json: { requestId: _, ...json } }: { status: number; json: Record<string, unknown> }) => ({ status, json });
    const foreign = strip(await call('GET', things, { as: 'stranger' }));
    const missing = strip(await call('GET', `/api/v1/accounts/${randomUUID()}/things`, { as: 'reader' }));
    expect(foreign).toEqual(missing);
    expect(foreign).toMatchObject({ status: 404, json: { code: 'accounts/not-found' } });
  });

  it.each([
    ['an unknown key in the body', 'POST', things, { name: 'a', accountid: 'b' }, 'accountid'],
    ['an unknown key in the query', 'GET', `${things}?page=2`, undefined, 'page'],
    ['a number that is not one', 'GET', `${things}?limit=ten`, undefined, 'limit'],
    ['a limit beyond the highest', 'GET', `${things}?limit=101`, undefined, 'limit'],
    ['a missing name', 'POST', things, {}, 'name'],
    ['a number where text is wanted', 'POST', things, { name: 5 }, 'name'],
    ['an account that is no id', 'GET', '/api/v1/accounts/1/things', undefined, 'accountId'],
  ])('refuses %s with the place of the fault', async (_what, method, path, body, place) => {
    const { status, json, headers } = await call(method, path, { as: 'writer', body });
    expect([status, json.code, headers.get('content-type')]).toEqual([400, 'request/invalid', 'application/problem+json']);
    expect(json.issues[0].path).toBe(place);
  });

  it('gives refusals their code and status, and bugs none of their text', async () => {
    expect(await call('GET', `${things}/none`, { as: 'reader' })).toMatchObject({
      status: 404,
      json: { code: 'things/not-found', detail: 'No such thing.' },
    });
    expect(await call('POST', things, { as: 'writer', body: { name: 'taken' } })).toMatchObject({
      status: 409,
      json: { code: 'things/taken' },
    });
    const bug = await call('GET', '/api/v1/bug');
    expect([bug.status, bug.json.code, /canary|password/.test(bug.text)]).toEqual([500, 'request/internal', false]);
  });

  it('takes JSON only, and other methods not at all', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expect((await call('POST', things, { as: 'writer', body: '{"name":"form"}', type })).status, type).toBe(415);
    }
    const put = await call('PUT', things, { as: 'writer', body: {} });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(hub.ran).not.toContain('create form');
  });

  it('lets the other door be as strict after a call as before', async () => {
    await call('GET', `${things}?limit=7`, { as: 'reader' });
    const input = encodeURIComponent(JSON.stringify({ json: { accountId, limit: '7' } }));
    expect((await call('GET', `/trpc/things.list?input=${input}`, { as: 'reader' })).status).toBe(400);
  });
});
