import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './create-app.ts';
import { createOriginBook, CROSS_ORIGIN_PATHS, crossOrigin, type OriginBook } from './cross-origin.ts';
import { createHttpServer } from './http-server.ts';
import { listen, type Loopback } from './loopback.fixture.ts';

const LISTED = 'https://chat.example.com';
const OWN = 'https://hub.example.com';
let ms = 0;
let asked: string[] = [];
let known = new Set([LISTED]);
let broken = false;
let hub: Loopback;
let book: OriginBook;

beforeAll(async () => {
  book = createOriginBook({
    lookUp: async (origin) => {
      asked.push(origin);
      if (broken) throw new Error('canary');
      return known.has(origin);
    },
    monotonicMs: () => ms,
  });
  const app = createApp({
    trustProxy: 0,
    hostNames: [],
    onError: () => undefined,
    mount(routes) {
      routes.use([...CROSS_ORIGIN_PATHS], crossOrigin(book, [OWN]));
      routes.get('/api/v1/accounts', (_request, response) => void response.json({}));
      routes.get('/api/v1/auth/me', (_request, response) => void response.json({}));
    },
  });
  hub = await listen(createHttpServer(app));
});
afterAll(() => hub.close());
beforeEach(() => {
  book.forget();
  asked = [];
  known = new Set([LISTED]);
  broken = false;
});

const ask = (path: string, origin: string | null, method = 'GET', more: Record<string, string> = {}) =>
  fetch(`${hub.origin}${path}`, { method, headers: { ...(origin === null ? {} : { origin }), ...more } });
const preflight = (path: string, origin: string) => ask(path, origin, 'OPTIONS', { 'access-control-request-method': 'POST' });
const allowed = (answer: Response) => answer.headers.get('access-control-allow-origin');

describe('pages of other origins (HT-03)', () => {
  it('a listed origin may read the answer, without credentials, and caches are told that it differs by origin', async () => {
    const answer = await ask('/api/v1/accounts', LISTED);
    expect([answer.status, allowed(answer), answer.headers.get('vary')]).toEqual([200, LISTED, 'Origin']);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('its preflight is good for ten minutes and names the headers a page may send', async () => {
    const answer = await preflight('/api/v1/accounts', LISTED);
    expect([answer.status, allowed(answer), answer.headers.get('access-control-max-age')]).toEqual([204, LISTED, '600']);
    expect(answer.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type, Idempotency-Key');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each([
    'https://chat.example.com.evil.example',
    'https://evilchat.example.com',
    'https://example.com',
    'https://chat.example.com:8443',
    'http://chat.example.com',
    'HTTPS://CHAT.EXAMPLE.COM',
    'https://chat.example.com/',
    'https://chat.example.com.',
    'https://evil.example https://chat.example.com',
    'null',
    '*',
    '',
  ])('an origin that is nearly one is none: %s', async (origin) => {
    const answer = await ask('/api/v1/accounts', origin);
    expect([answer.status, allowed(answer), answer.headers.get('vary')]).toEqual([200, null, 'Origin']);
    const before = await preflight('/api/v1/accounts', origin);
    expect([before.status, allowed(before)]).toEqual(origin === '' ? [expect.any(Number), null] : [403, null]);
  });

  it('what a cookie opens answers no other origin, listed or not', async () => {
    expect(allowed(await ask('/api/v1/auth/me', LISTED))).toBeNull();
    const before = await preflight('/api/v1/auth/me', LISTED);
    expect([before.status, allowed(before)]).toEqual([404, null]);
  });

  it('an answer about one origin is never given to another, and is looked up once a minute', async () => {
    for (let time = 0; time < 3; time += 1) expect(allowed(await ask('/api/v1/accounts', LISTED))).toBe(LISTED);
    expect(allowed(await ask('/api/v1/accounts', 'https://evil.example'))).toBeNull();
    expect(asked).toEqual([LISTED, 'https://evil.example']);
    known = new Set();
    ms += 59_000;
    expect(allowed(await ask('/api/v1/accounts', LISTED))).toBe(LISTED);
    ms += 1_001;
    expect(allowed(await ask('/api/v1/accounts', LISTED))).toBeNull();
  });

  it('our own pages and programs without an origin cost no look-up', async () => {
    await ask('/api/v1/accounts', OWN);
    await ask('/api/v1/accounts', null);
    expect(asked).toEqual([]);
  });

  it('a database that does not answer lets no origin in, stops no request, and is asked again', async () => {
    broken = true;
    const answer = await ask('/api/v1/accounts', LISTED);
    expect([answer.status, allowed(answer)]).toEqual([200, null]);
    expect((await preflight('/api/v1/accounts', LISTED)).status).toBe(500);
    broken = false;
    expect(allowed(await ask('/api/v1/accounts', LISTED))).toBe(LISTED);
  });
});
