import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HubError, OFFLINE } from '../api/hub-error.ts';
import { createSession } from './session.ts';

const user = { id: '01900000-0000-7000-8000-000000000001', email: 'op@example.com', name: 'Op', operator: true, mustChangePassword: false };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Seen {
  readonly path: string;
  readonly bearer: string | undefined;
  readonly csrf: string | undefined;
}

type Answers = (seen: Seen, count: number) => { readonly status: number; readonly body?: object };

async function start(answers: Answers, { hint = false, lifeMs = 600_000 } = {}) {
  const seen: Seen[] = [];
  let tokens = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const one = {
      path: request.url ?? '',
      bearer: request.headers.authorization,
      csrf: request.headers['x-wph-csrf'] as string | undefined,
    };
    seen.push(one);
    const { status, body } = answers(one, seen.filter(({ path }) => path === one.path).length);
    request.resume().on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {})));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  closing.push(stop);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kept = { hint };
  const session = createSession({
    fetch: (address, init) => fetch(`${url}${address}`, init),
    alone: (work) => work(),
    hint: { read: () => kept.hint, write: (signedIn) => void (kept.hint = signedIn) },
    now: () => Date.now(),
  });
  const grant = () => ({
    status: 200,
    body: { accessToken: `token-${(tokens += 1)}`, expiresAt: new Date(Date.now() + lifeMs).toISOString(), user },
  });
  return { session, seen, kept, grant, stop };
}

const credentials = { email: 'op@example.com', password: 'a long password' };
const endings = (seen: readonly Seen[]): string[] => seen.map(({ path }) => path.split('/').at(-1) ?? '');

test('a visitor who never signed in here causes no request', async () => {
  const { session, seen } = await start(() => ({ status: 500 }));
  await session.start();
  expect(session.read()).toEqual({ status: 'signed-out', ended: false });
  expect(seen).toEqual([]);
});

test('IAM-12 the access token travels in a header only, and the cookie alone brings it back', async () => {
  const hub = await start((): { status: number; body?: object } => hub.grant(), { hint: true });
  await hub.session.start();
  await hub.session.fetch('/trpc/messages.list');
  expect(endings(hub.seen)).toEqual(['refresh', 'messages.list']);
  expect(hub.seen[1]).toEqual({ path: '/trpc/messages.list', bearer: 'Bearer token-1', csrf: '1' });
  expect(JSON.stringify(hub.session.read())).not.toContain('token-1');
});

test('many requests with a refused token ask for one new token, and are sent again with it', async () => {
  const hub = await start(({ path, bearer }): { status: number; body?: object } =>
    path.startsWith('/api') ? hub.grant() : { status: bearer === 'Bearer token-1' ? 401 : 200 },
  );
  await hub.session.signIn(credentials);
  const answers = await Promise.all(['/trpc/a', '/trpc/b', '/trpc/c'].map((path) => hub.session.fetch(path)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(endings(hub.seen).filter((name) => name === 'refresh')).toHaveLength(1);
});

test('a token near its end is renewed before it is used', async () => {
  const hub = await start(({ path }): { status: number; body?: object } => (path.startsWith('/api') ? hub.grant() : { status: 200 }), {
    lifeMs: 5_000,
  });
  await hub.session.signIn(credentials);
  await hub.session.fetch('/trpc/a');
  expect(endings(hub.seen)).toEqual(['login', 'refresh', 'a']);
});

test('IAM-13 a refused refresh ends the session and says so', async () => {
  const hub = await start(({ path }): { status: number; body?: object } => {
    if (path.endsWith('login')) return hub.grant();
    return path.endsWith('refresh') ? { status: 401, body: { code: 'access/session-ended', detail: 'ended' } } : { status: 401 };
  });
  await hub.session.signIn(credentials);
  expect((await hub.session.fetch('/trpc/a')).status).toBe(401);
  expect(hub.session.read()).toEqual({ status: 'signed-out', ended: true });
  expect(hub.kept.hint).toBe(false);
});

test('a Hub that does not answer is told as such, and the session is kept', async () => {
  const hub = await start((): { status: number; body?: object } => hub.grant());
  await hub.session.signIn(credentials);
  hub.stop();
  await expect(hub.session.fetch('/trpc/a')).rejects.toMatchObject({ code: OFFLINE });
  expect(hub.session.read().status).toBe('signed-in');
});

test('a refused sign-in carries the code of the catalogue', async () => {
  const { session } = await start(() => ({ status: 401, body: { code: 'access/wrong-credentials', detail: 'no' } }));
  await expect(session.signIn(credentials)).rejects.toSatisfy(
    (error) => error instanceof HubError && error.code === 'access/wrong-credentials',
  );
});
