import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError } from '#platform/trpc';
import { createApp } from './create-app.ts';
import { guardHandler } from './gates.ts';
import { createHttpServer } from './http-server.ts';
import { jsonBody } from './json-body.ts';
import { listen, type Loopback } from './loopback.fixture.ts';
import { requestFactsOf } from './request-facts.ts';
import { appHeaders, styleNonceOf } from './security-headers.ts';

const ORIGIN = 'https://hub.example.com';
const told: unknown[] = [];
let hub: Loopback;

beforeAll(async () => {
  const app = createApp({
    trustProxy: 1,
    hostNames: ['hub.example.com'],
    onError: (error) => told.push(error),
    mount: (routes) => {
      routes.use(jsonBody());
      routes.get('/facts', (request, response) => void response.json(requestFactsOf(request)));
      routes.get(
        '/page',
        appHeaders,
        (_request, response) => void response.type('html').end(`<style nonce="${styleNonceOf(response)}"></style>`),
      );
      routes.get('/bug', () => {
        throw new Error('pg: password=canary at /srv/hub/prisma.ts');
      });
      routes.get('/refused', () => {
        throw new AppError(requestErrors.busy, { retryAfterSeconds: 7, details: { canary: 'canary' } });
      });
      routes.get('/items/:id', (_request, response) => void response.json({}));
      routes.post('/echo', (request, response) => void response.json(request.body ?? null));
      routes.post('/cookie', guardHandler('cookie', [ORIGIN]), (_request, response) => void response.json('passed'));
      routes.post('/json', guardHandler('json', [ORIGIN]), (_request, response) => void response.json('passed'));
    },
  });
  hub = await listen(createHttpServer(app));
});
afterAll(() => hub.close());

const post = (path: string, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${hub.origin}${path}`, { method: 'POST', body, headers });

describe('errors (HT-06)', () => {
  const provocations: [name: string, status: number, code: string, attempt: () => Promise<Response>][] = [
    ['an unknown address', 404, 'request/not-found', () => fetch(`${hub.origin}/nothing`)],
    ['a bug', 500, 'request/internal', () => fetch(`${hub.origin}/bug`)],
    ['a refusal', 503, 'request/busy', () => fetch(`${hub.origin}/refused`)],
    ['an address that is not UTF-8', 400, 'request/malformed', () => fetch(`${hub.origin}/items/%E0%A4%A`)],
    ['a body that is not JSON', 400, 'request/malformed', () => post('/echo', '{"a":')],
    ['a body that is a JSON text', 400, 'request/malformed', () => post('/echo', '"canary"')],
    ['a body of more than 256 KiB', 413, 'request/too-large', () => post('/echo', JSON.stringify({ a: 'x'.repeat(300_000) }))],
    ['a body 65 deep', 400, 'request/malformed', () => post('/echo', `{"a":${'['.repeat(65)}${']'.repeat(65)}}`)],
    ['a body 6,000 deep', 400, 'request/malformed', () => post('/echo', `${'['.repeat(6_000)}${']'.repeat(6_000)}`)],
    ['a body with a member twice', 400, 'request/malformed', () => post('/echo', '{"role":"viewer","r\\u006fle":"admin"}')],
    ['a body with __proto__', 400, 'request/malformed', () => post('/echo', '{"__proto__":{"polluted":true}}')],
    [
      'a body in an unknown encoding',
      415,
      'request/unsupported-media-type',
      () => post('/echo', '{}', { 'content-type': 'application/json', 'content-encoding': 'zip' }),
    ],
    [
      'a gzip body that is not',
      400,
      'request/malformed',
      () => post('/echo', '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
    ],
  ];

  it.each(provocations)('%s is a problem document without our insides', async (_name, status, code, attempt) => {
    const answer = await attempt();
    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(text)).toMatchObject({
      type: `urn:whatpro-hub:error:${code}`,
      status,
      code,
      requestId: answer.headers.get('x-request-id'),
    });
    expect(text).not.toMatch(/canary|node_modules|\bat \/|prisma|stack/i);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('tell the log what the caller is not told', () => {
    expect(told.some((error) => error instanceof Error && error.message.includes('canary'))).toBe(true);
  });

  it('say when to come back', async () => {
    expect((await fetch(`${hub.origin}/refused`)).headers.get('retry-after')).toBe('7');
  });
});

describe('requests no client of ours sends (HT-09)', () => {
  it.each([
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 405],
    ['an unknown method', 'PROPFIND / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 405],
    ['HTTP/1.0', 'GET /facts HTTP/1.0\r\nHost: localhost\r\n\r\n', 505],
    ['absolute form', 'GET http://localhost/facts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    ['another host', 'GET /facts HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421],
    ['a host that only ends like ours', 'GET /facts HTTP/1.1\r\nHost: xhub.example.com\r\nConnection: close\r\n\r\n', 421],
    ['a host with a user in it', 'GET /facts HTTP/1.1\r\nHost: hub.example.com@evil.example\r\nConnection: close\r\n\r\n', 421],
    ['no host', 'GET /facts HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}', 400],
    [
      'a coding that only looks like chunked',
      'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a folded header', 'GET /facts HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\nConnection: close\r\n\r\n', 400],
    ['a space before the colon', 'GET /facts HTTP/1.1\r\nHost : localhost\r\nConnection: close\r\n\r\n', 400],
    ['lines that end without a return', 'GET /facts HTTP/1.1\nHost: localhost\nConnection: close\n\n', 400],
    ['a length that is not a number', 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n{}', 400],
    ['two hosts', 'GET /facts HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 400],
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400],
    ['headers of 20 KB', `GET /facts HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is refused', async (_name, request, status) => {
    expect(await hub.raw(request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('CONNECT is not even answered', async () => {
    expect(await hub.raw('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toBe('');
  });

  it('what is refused before there is a request carries the headers too', async () => {
    const answer = await hub.raw('hello\r\n\r\n');
    for (const header of [
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Strict-Transport-Security: ',
      'application/problem+json',
    ])
      expect(answer).toContain(header);
  });

  it.each(['hub.example.com', 'HUB.example.com:443', 'localhost:4750', '127.0.0.1', '[::1]:4750'])('%s is one of ours', async (host) => {
    expect(await hub.raw(`GET /facts HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('who asks (HT-07)', () => {
  it('is what the one trusted proxy added, not what the caller wrote before it', async () => {
    const answer = await fetch(`${hub.origin}/facts`, { headers: { 'x-forwarded-for': '6.6.6.6, 192.0.2.7', 'x-request-id': 'chosen' } });
    const facts = (await answer.json()) as { ip: string; requestId: string };
    expect(facts.ip).toBe('192.0.2.7');
    expect(facts.requestId).toMatch(/^req_[\w-]{16}$/);
  });
});

describe('whose X-Forwarded-For is believed (HT-07)', () => {
  const spoofed = '6.6.6.6, 192.0.2.7, 10.0.0.9';
  it.each([
    [0, '127.0.0.1'],
    [1, '10.0.0.9'],
    [2, '192.0.2.7'],
    [['127.0.0.0/8'], '10.0.0.9'],
    [['127.0.0.0/8', '10.0.0.0/8'], '192.0.2.7'],
    [['203.0.113.0/24'], '127.0.0.1'],
  ] as const)('with the proxies %j, the caller is %s', async (trustProxy, ip) => {
    const app = createApp({
      trustProxy,
      hostNames: [],
      onError: () => undefined,
      mount: (routes) => void routes.get('/facts', (request, response) => void response.json(requestFactsOf(request))),
    });
    const one = await listen(createHttpServer(app));
    try {
      const headers = { 'x-forwarded-for': spoofed, 'x-real-ip': '6.6.6.6', forwarded: 'for=6.6.6.6', 'x-forwarded-host': 'evil.example' };
      expect(await (await fetch(`${one.origin}/facts`, { headers })).json()).toMatchObject({ ip });
    } finally {
      await one.close();
    }
  });
});

describe('headers (HT-02)', () => {
  const api = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };

  it.each(['/facts', '/nothing', '/bug', '/items/%E0%A4%A'])('of %s are those of an API, on errors too', async (path) => {
    const { headers } = await fetch(`${hub.origin}${path}`);
    for (const [name, value] of Object.entries(api)) expect(headers.get(name), name).toBe(value);
    expect([headers.get('x-powered-by'), headers.get('server'), headers.get('permissions-policy')?.includes('camera=()')]).toEqual([
      null,
      null,
      true,
    ]);
  });

  it('of a page allow its own scripts and the one style nonce, never framing', async () => {
    const answer = await fetch(`${hub.origin}/page`);
    const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1];
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
    for (const rule of [
      "script-src 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/unsafe|upgrade-insecure/);
  });
});

describe('the gate before what the cookie opens (IAM-13)', () => {
  const sites = {
    'same-origin': 'same-origin',
    'same-site': 'same-site',
    'cross-site': 'cross-site',
    none: 'none',
    absent: undefined,
  } as const;
  const bodies = {
    json: 'application/json',
    text: 'text/plain',
    form: 'application/x-www-form-urlencoded',
    multipart: 'multipart/form-data; boundary=x',
    nothing: undefined,
  } as const;

  it('lets one of fifty requests with a cookie pass: same origin, JSON, with our header', async () => {
    const passed: string[] = [];
    for (const [site, fetchSite] of Object.entries(sites)) {
      for (const [body, type] of Object.entries(bodies)) {
        for (const ours of [true, false]) {
          const lines = ['POST /cookie HTTP/1.1', 'Host: localhost', 'Cookie: __Host-wph_rt=x', 'Connection: close'];
          if (fetchSite !== undefined) lines.push(`Sec-Fetch-Site: ${fetchSite}`);
          if (type !== undefined) lines.push(`Content-Type: ${type}`, 'Content-Length: 2');
          if (ours) lines.push('X-WPH-CSRF: 1');
          const answer = await hub.raw(`${lines.join('\r\n')}\r\n\r\n${type === undefined ? '' : '{}'}`);
          if (answer.startsWith('HTTP/1.1 200')) passed.push(`${site} ${body} ${ours}`);
        }
      }
    }
    expect(passed).toEqual(['same-origin json true']);
  });

  it('looks at Origin when the browser sends no Sec-Fetch-Site', async () => {
    const ask = (origin: string) => post('/cookie', '{}', { 'content-type': 'application/json', 'x-wph-csrf': '1', cookie: 'a=b', origin });
    expect((await ask(ORIGIN)).status).toBe(200);
    for (const other of ['https://hub.example.com.evil', 'http://hub.example.com', 'https://hub.example.com:8443', 'null'])
      expect((await ask(other)).status, other).toBe(403);
  });

  it('for a sign-in asks no header of programs, and refuses pages of others', async () => {
    expect(
      (
        await hub.raw(
          'POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
        )
      ).slice(0, 12),
    ).toBe('HTTP/1.1 200');
    expect((await post('/json', '{}', { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
});
