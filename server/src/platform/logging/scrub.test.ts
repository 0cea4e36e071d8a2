import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '#platform/crypto';
import { scrub } from './scrub.ts';

const CANARY = 'wphcanary-7f3a9b1c5d';
const shown = (value: unknown): string => JSON.stringify(scrub(value)) ?? '';
const deep = (value: unknown, levels: number): unknown => (levels === 0 ? value : { level: deep(value, levels - 1) });

describe('SE-08: the ten leaks of a path-based redaction (M11)', () => {
  const failed = Object.assign(new Error(`connect failed: token=${CANARY}`), {
    config: { headers: { Authorization: `Bearer ${CANARY}`, api_access_token: CANARY } },
    request: { path: `/x?token=${CANARY}` },
  });
  const leaks: Readonly<Record<string, unknown>> = {
    'at the top': { token: CANARY },
    'one level down': { chatwoot: { token: CANARY } },
    'nested deeper than any path': deep({ password: CANARY }, 7),
    'in a URL query': { url: `https://chat.example.com/api?x=1&api_access_token=${CANARY}&y=2` },
    'in an error message': { err: new Error(`login failed for apikey: ${CANARY}`) },
    'in the configuration that hangs on an error': { err: failed },
    'in arrays': { list: [{ token: CANARY }, [{ secret: [CANARY] }], ['authorization', CANARY]] },
    'in JSON inside a string': { answer: JSON.stringify({ instance: { token: CANARY, list: [{ apikey: CANARY }] } }) },
    'in another letter case': { AUTHORIZATION: CANARY, 'X-Api-Key': CANARY, ApiKey: CANARY, SeT_COOkie: CANARY },
    'in the path of a webhook': { path: `/hooks/uazapi/${CANARY}/messages`, url: `https://hub.example.com/hooks/evolution/${CANARY}?a=b` },
  };

  it.each(Object.entries(leaks))('%s', (_name, value) => {
    expect(shown(value)).not.toContain(CANARY);
    expect(shown(value).length).toBeGreaterThan(10);
  });
});

describe('SE-08: other hiding places', () => {
  class Connection {
    readonly accessToken = CANARY;
    readonly name = 'main';
  }
  const places: Readonly<Record<string, unknown>> = {
    map: new Map<string, unknown>([
      ['headers', new Map([['Authorization', CANARY]])],
      ['token', CANARY],
    ]),
    set: new Set([{ secret: CANARY }]),
    instance: new Connection(),
    'object with toJSON': { toJSON: () => ({ token: CANARY }) },
    'raw headers': { rawHeaders: ['Host', 'x', 'api_access_token', CANARY, 'Cookie', CANARY] },
    'header pairs': [
      ['apikey', CANARY],
      ['authorization', CANARY],
    ],
    'name and value': [
      { name: 'Authorization', value: CANARY },
      { key: 'apikey', value: [CANARY] },
      { field: 'password', values: [CANARY] },
    ],
    'devise names': { 'access-token': CANARY, client: CANARY, uid: CANARY },
    'JSON in JSON in JSON': { a: JSON.stringify({ b: JSON.stringify({ c: JSON.stringify({ token: CANARY }) }) }) },
    'JSON in the middle of a text': `answer was {"token":"${CANARY}","a":{"password":'${CANARY}'}} today`,
    'escaped JSON in a text': `answer was {\\"token\\":\\"${CANARY}\\"}`,
    'JSON cut off': `{"a":1,"token":"${CANARY}`,
    'printed object': inspect({ token: CANARY, uid: CANARY, client: `${CANARY}` }),
    'printed headers': `GET / HTTP/1.1\nAuthorization: Basic ${CANARY}\nCookie: a=${CANARY}\nuid: ${CANARY}\n`,
    'cause of a cause': new Error('a', { cause: new Error('b', { cause: { password: CANARY } }) }),
    'error thrown as JSON': new Error(JSON.stringify([{ path: ['x'], token: CANARY }])),
    'user information': `postgres://hub:${CANARY}@db:5432/hub`,
    'form body': `grant=password&client_secret=${CANARY}&senha=${CANARY}`,
    'key of a map': { [`https://x/?token=${CANARY}`]: 1 },
    'nesting beyond the limit': deep({ token: CANARY, note: `Bearer ${CANARY}` }, 40),
    bodies: { body: CANARY, payload: { a: CANARY }, content: CANARY, caption: CANARY, text: CANARY },
    bytes: { file: Buffer.from(CANARY), view: new Uint8Array(Buffer.from(CANARY)) },
    url: new URL(`https://x/?apikey=${CANARY}`),
    wrapped: { note: new Secret(CANARY) },
    percent: `redirect=https%3A%2F%2Fx%3Ftoken%3D${CANARY}`,
    xml: `<apikey>${CANARY}</apikey>`,
  };

  it.each(Object.entries(places))('%s', (_name, value) => {
    expect(shown(value)).not.toContain(CANARY);
  });
});

describe('SE-08: generated nestings', () => {
  let seed = 20_240_601;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const pick = <T>(list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0];
  const name = () => pick(['a', 'data', 'list', 'config', 'response', 'meta', 'Item', 'x-thing', 'result', 'instance']);
  const secretName = () =>
    pick([
      'token',
      'Api-Key',
      'api_access_token',
      'AUTHORIZATION',
      'password',
      'clientSecret',
      'Set-Cookie',
      'hmac_token',
      'webhookSecret',
      'privateKey',
    ]);
  const planted: readonly [() => unknown, ...(() => unknown)[]] = [
    () => ({ [secretName()]: CANARY }),
    () => ({ [secretName()]: { deeper: [CANARY, { x: CANARY }] } }),
    () => `https://h.example.com/p?${secretName()}=${CANARY}&z=1`,
    () => `failed with ${secretName()}: ${CANARY}, trying again`,
    () => new Map([[secretName(), CANARY]]),
    () => [secretName(), CANARY],
    () => ({ name: secretName(), value: CANARY }),
    () => new Error(`${secretName()}=${CANARY}`),
    () => JSON.stringify({ ok: true, [secretName()]: CANARY }),
    () => `Bearer ${CANARY}`,
    () => `wph_live_${CANARY}`,
    () => `see /hooks/uazapi/${CANARY}`,
  ];
  const wraps: readonly [(inner: unknown) => unknown, ...((inner: unknown) => unknown)[]] = [
    (inner) => ({ [name()]: inner }),
    (inner) => [1, inner, 'x'],
    (inner) => new Map([[name(), inner]]),
    (inner) => new Set([inner]),
    (inner) => ({ [name()]: 1, [name()]: [inner], other: { [name()]: inner } }),
    (inner) => Object.assign(new Error('outer'), { cause: inner, response: inner }),
    (inner) => (inner instanceof Map || inner instanceof Set || inner instanceof Error ? { inner } : JSON.stringify({ [name()]: inner })),
  ];

  it.each(Array.from({ length: 400 }, (_, index) => index))('case %i shows nothing', () => {
    let value = pick(planted)();
    const levels = random(14);
    for (let at = 0; at < levels; at += 1) value = pick(wraps)(value);
    expect(shown(value)).not.toContain(CANARY);
    expect(shown({ fields: value })).not.toContain(CANARY);
  });
});

describe('scrub', () => {
  it('keeps what is harmless', () => {
    const harmless = {
      accountId: '0190c1a2-7f1e-7b3a-9c55-0123456789ab',
      count: 3,
      durationMs: 12.5,
      ok: true,
      hasToken: true,
      nothing: null,
      at: new Date('2026-01-02T03:04:05.678Z'),
      startedMs: 1_767_323_045_678,
      route: '/accounts/:accountId/inboxes',
      code: 'ECONNREFUSED',
      list: ['inbound', 'outbound'],
      json: '{"a":[1,2]}',
      messageId: '3EB0C431C26A1916E07A',
    };
    expect(scrub(harmless)).toEqual({ ...harmless, at: '2026-01-02T03:04:05.678Z' });
  });

  it('survives circles, throwing getters, proxies and huge values', () => {
    const circle: Record<string, unknown> = { token: CANARY };
    circle['self'] = circle;
    circle['list'] = [circle, circle, circle, circle];
    const hostile = {
      get broken(): string {
        throw new Error(CANARY);
      },
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, at]));
    for (const value of [circle, hostile, revoked.proxy, wide, 'x'.repeat(1e6), Array(1e5).fill(CANARY.slice(0, 3))]) {
      const text = shown(value);
      expect(text).not.toContain(CANARY);
      expect(text.length).toBeLessThan(60_000);
    }
    expect(shown(JSON.parse('{"__proto__":{"token":"x"},"a":1}'))).toBe('{"a":1}');
  });

  it('shows people as marks that are stable within the process', () => {
    const people = scrub({
      phone: 5_511_999_998_888,
      jid: '5511999998888@s.whatsapp.net',
      mail: 'Ana@Example.com',
      also: 'ana@example.com',
    });
    const text = JSON.stringify(people);
    expect(text).not.toMatch(/5511999998888|ana@/i);
    expect(text.match(/phone#[a-p]{10}/g)?.length).toBe(2);
    expect(new Set(text.match(/phone#[a-p]{10}/g)).size).toBe(1);
    expect(new Set(text.match(/email#[a-p]{10}/g)).size).toBe(1);
    expect(text).toContain('@s.whatsapp.net');
  });
});
