import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { rawExchange } from '../support/raw-exchange.ts';
import type { RawAnswer } from '../support/raw-exchange.ts';
import { startHub } from '../support/start-hub.ts';
import type { TestHub } from '../support/start-hub.ts';

const EVERYWHERE = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), payment=(), serial=(), usb=()',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
const NO_PAGE = "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'";
const PAGE =
  "default-src 'self';script-src 'self';style-src 'self' 'nonce-N';img-src 'self' data: blob:;connect-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none';require-trusted-types-for 'script';trusted-types wph";
const api = { ...EVERYWHERE, 'cache-control': 'no-store', 'content-security-policy': NO_PAGE };
const page = { ...EVERYWHERE, 'content-security-policy': PAGE };
const asset = { ...EVERYWHERE, 'content-security-policy': NO_PAGE, 'cache-control': 'public, max-age=31536000, immutable' };
const keys = { ...api, 'cache-control': 'public, max-age=300' };

type Headers = Readonly<Record<string, string>>;
interface Case {
  readonly of: string;
  readonly status: number;
  readonly line: string;
  readonly send?: Headers;
  readonly body?: string;
  readonly want: Headers;
}

const json = { 'Content-Type': 'application/json' };
const preflight = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
const LONG_AGO = { 'If-Modified-Since': 'Sat, 01 Jan 2050 00:00:00 GMT' };
const token = 'x'.repeat(43);
const gone = '/api/v1/accounts/00000000-0000-7000-8000-000000000000';
const assets = fileURLToPath(new URL('../../web/dist/assets/', import.meta.url));

const cases = (bearer: Headers, asset_: string): Case[] => [
  { of: 'REST', status: 200, line: 'GET /api/v1/accounts', send: bearer, want: api },
  { of: 'REST', status: 200, line: 'HEAD /api/v1/accounts', send: bearer, want: api },
  { of: 'REST', status: 201, line: 'POST /api/v1/accounts', send: { ...bearer, ...json }, body: '{"name":"A"}', want: api },
  { of: 'REST', status: 400, line: 'POST /api/v1/accounts', send: { ...bearer, ...json }, body: '{"name":', want: api },
  { of: 'REST', status: 401, line: 'GET /api/v1/accounts', want: api },
  { of: 'REST', status: 404, line: `GET ${gone}`, send: bearer, want: api },
  { of: 'REST', status: 404, line: `GET ${gone}/audit.csv`, send: bearer, want: api },
  { of: 'REST', status: 404, line: 'GET /api/v1/nothing', want: api },
  { of: 'REST', status: 405, line: 'PUT /api/v1/accounts', send: bearer, want: api },
  { of: 'REST', status: 415, line: 'POST /api/v1/accounts', send: { ...bearer, 'Content-Type': 'text/plain' }, body: 'x', want: api },
  { of: 'REST', status: 403, line: 'OPTIONS /api/v1/accounts', send: preflight, want: { ...api, vary: 'Origin' } },
  { of: 'REST', status: 505, line: 'GET /api/v1/accounts HTTP/1.0', want: api },
  {
    of: 'sign-in',
    status: 401,
    line: 'POST /api/v1/auth/login',
    send: json,
    body: '{"email":"a@example.com","password":"not the password"}',
    want: api,
  },
  { of: 'sign-in', status: 400, line: 'POST /api/v1/auth/login', send: json, body: '{}', want: api },
  { of: 'sign-in', status: 403, line: 'POST /api/v1/auth/refresh', send: json, body: '{}', want: api },
  { of: 'sign-in', status: 415, line: 'POST /api/v1/auth/login', body: 'x', want: api },
  { of: 'sign-in', status: 404, line: 'OPTIONS /api/v1/auth/nothing', send: preflight, want: api },
  { of: 'sign-in', status: 505, line: 'POST /api/v1/auth/login HTTP/1.0', want: api },
  { of: 'tRPC', status: 200, line: 'GET /trpc/access.me', send: bearer, want: api },
  { of: 'tRPC', status: 401, line: 'GET /trpc/access.me', want: api },
  { of: 'tRPC', status: 404, line: 'GET /trpc/nothing', want: api },
  { of: 'tRPC', status: 405, line: 'OPTIONS /trpc/access.me', send: preflight, want: api },
  { of: 'tRPC', status: 415, line: 'POST /trpc/access.me', body: 'x', want: api },
  { of: 'tRPC', status: 505, line: 'GET /trpc/access.me HTTP/1.0', want: api },
  { of: 'hooks', status: 404, line: `POST /hooks/chatwoot/${token}`, send: json, body: '{}', want: api },
  { of: 'hooks', status: 404, line: `GET /hooks/chatwoot/${token}`, want: api },
  { of: 'hooks', status: 413, line: `POST /hooks/chatwoot/${token}`, send: json, body: 'x'.repeat(1_100_000), want: api },
  { of: 'hooks', status: 505, line: `POST /hooks/chatwoot/${token} HTTP/1.0`, want: api },
  { of: 'keys', status: 200, line: 'GET /.well-known/jwks.json', want: keys },
  { of: 'health', status: 200, line: 'GET /health/live', want: api },
  { of: 'health', status: 200, line: 'GET /health/ready', want: api },
  { of: 'health', status: 404, line: 'GET /health/deep', want: api },
  { of: 'health', status: 505, line: 'GET /health/live HTTP/1.0', want: api },
  { of: 'documents', status: 200, line: 'GET /api/v1/openapi.json', want: api },
  { of: 'documents', status: 200, line: 'GET /metrics', want: api },
  { of: 'documents', status: 200, line: 'GET /docs', want: { ...page, 'cache-control': 'no-store' } },
  { of: 'documents', status: 200, line: 'GET /panel', want: { ...page, 'cache-control': 'no-store' } },
  { of: 'pages', status: 200, line: 'GET /', want: page },
  { of: 'pages', status: 200, line: 'GET /sign-in', want: page },
  { of: 'pages', status: 304, line: 'GET /', send: LONG_AGO, want: page },
  { of: 'pages', status: 404, line: 'GET /nothing', want: api },
  { of: 'pages', status: 505, line: 'GET / HTTP/1.0', want: api },
  { of: 'assets', status: 200, line: `GET /assets/${asset_}`, want: asset },
  { of: 'assets', status: 304, line: `GET /assets/${asset_}`, send: LONG_AGO, want: asset },
  { of: 'assets', status: 404, line: 'GET /assets/nothing.js', want: api },
  { of: 'assets', status: 505, line: `GET /assets/${asset_} HTTP/1.0`, want: api },
];

let database: TestDatabase;
let hub: TestHub;
let answers: { readonly wanted: Case; readonly answer: RawAnswer }[];

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startHub({ database, settings: { NODE_ENV: '', HUB_SANDBOX: 'off' } });
  const signedIn = await fetch(`${hub.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: 'op@example.com', password: 'password-1234' }),
  });
  const { accessToken } = (await signedIn.json()) as { accessToken: string };
  const [script = ''] = readdirSync(join(assets)).filter((name) => name.endsWith('.js'));
  answers = [];
  for (const wanted of cases({ Authorization: `Bearer ${accessToken}` }, script))
    answers.push({ wanted, answer: await rawExchange(hub.url, wanted.line, wanted.send, wanted.body) });
});
afterAll(async () => {
  await hub?.stop();
  await database?.drop();
});

describe('every class of route (HT-02)', () => {
  test('carries its headers with every status', () => {
    const found = answers.map(({ wanted, answer }) => ({
      line: wanted.line,
      status: answer.status,
      headers: Object.fromEntries(Object.keys(wanted.want).map((name) => [name, withoutNonce(answer.headers[name])])),
    }));
    expect(found).toEqual(answers.map(({ wanted }) => ({ line: wanted.line, status: wanted.status, headers: wanted.want })));
    const classes = new Set(answers.map(({ wanted }) => wanted.of));
    const statuses = new Set(answers.map(({ wanted }) => wanted.status));
    process.stdout.write(`headers: ${answers.length} answers, ${classes.size} classes of routes, ${statuses.size} statuses\n`);
  });

  test('names neither its program nor a version, gives every answer an id, and no stranger a cookie or another origin', () => {
    for (const { wanted, answer } of answers) {
      for (const name of ['server', 'x-powered-by', 'access-control-allow-origin', 'access-control-allow-credentials', 'set-cookie'])
        expect(answer.headers[name], `${wanted.line} ${name}`).toBeUndefined();
      expect(answer.headers['x-request-id'], wanted.line).toMatch(/^req_[\w-]{16}$/);
    }
  });

  test('answers a refusal as a problem document, but for hooks, which say nothing', () => {
    for (const { wanted, answer } of answers) {
      if (
        wanted.status < 400 ||
        wanted.of === 'tRPC' ||
        (wanted.of === 'hooks' && wanted.status === 404) ||
        wanted.line.includes('/health/deep')
      )
        continue;
      expect(answer.headers['content-type'], wanted.line).toBe('application/problem+json');
    }
  });
});

const withoutNonce = (value: string | undefined): string | undefined => value?.replace(/'nonce-[^']+'/, "'nonce-N'");
