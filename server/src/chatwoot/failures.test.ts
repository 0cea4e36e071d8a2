import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '#platform/crypto';
import { systemClock } from '#platform/clock';
import { createHttpClient } from '#platform/http';
import type { DeliveryFailure } from '#platform/outcome';
import { createChatwootClient } from './create-chatwoot-client.ts';
import { scriptedPeer, TOKEN, type Scripted, type ScriptedPeer } from './scripted-peer.fixture.ts';

let peer: ScriptedPeer;
afterEach(() => peer.close());

const MESSAGE = { direction: 'from-contact', text: 'oi', sourceId: 'WAID:1' } as const;

async function createFails(answer: Scripted): Promise<DeliveryFailure> {
  peer = await scriptedPeer(answer);
  const attempt = await peer.client.createMessage(1, MESSAGE);
  if (attempt.ok) throw new Error('expected a failure');
  return attempt.failure;
}

async function readFails(answer: Scripted): Promise<DeliveryFailure> {
  peer = await scriptedPeer(answer);
  const attempt = await peer.client.listInboxes();
  if (attempt.ok) throw new Error('expected a failure');
  return attempt.failure;
}

const json = (status: number, error = 'no', headers: Record<string, string> = {}): Scripted => ({ status, json: { error }, headers });

describe('what a refused message creation means', () => {
  it.each<[string, Scripted, Partial<DeliveryFailure>]>([
    ['401 is about who we are', json(401), { kind: 'credentials', retry: 'later', certainty: 'not-sent', scope: 'peer' }],
    ['404 in JSON is final', json(404), { kind: 'not-found', retry: 'never', certainty: 'not-sent', scope: 'message' }],
    [
      '404 in text is a proxy before a Chatwoot that restarts',
      { status: 404, text: '404 page not found' },
      { kind: 'unavailable', retry: 'later', certainty: 'not-sent', scope: 'peer' },
    ],
    ['403 in text is a proxy too', { status: 403, text: '<html>challenge</html>' }, { kind: 'unavailable', retry: 'later', scope: 'peer' }],
    ['403 in JSON is final', json(403), { kind: 'rejected', retry: 'never', scope: 'message' }],
    ['402 is final', json(402), { kind: 'rejected', retry: 'never', scope: 'message' }],
    ['408 passes', json(408), { kind: 'unavailable', retry: 'later', certainty: 'not-sent' }],
    ['413 is final', json(413), { kind: 'too-large', retry: 'never', scope: 'message' }],
    ['422 is final', json(422, 'Content is too long'), { kind: 'rejected', retry: 'never', certainty: 'not-sent', scope: 'message' }],
    [
      'the flood guard asks for a minute',
      json(422, 'Validation failed: Too many messages'),
      { kind: 'throttled', retry: 'later', retryAfterMs: 60_000, scope: 'message', certainty: 'not-sent' },
    ],
    [
      '429 with seconds',
      json(429, '', { 'retry-after': '7' }),
      { kind: 'throttled', retry: 'later', retryAfterMs: 7_000, scope: 'peer', certainty: 'not-sent' },
    ],
    ['429 with too many seconds', json(429, '', { 'retry-after': '999999' }), { retryAfterMs: 3_600_000 }],
    ['429 with a date in the past', json(429, '', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }), { retryAfterMs: 1_000 }],
    ['429 in text without Retry-After', { status: 429, text: 'Retry later' }, { kind: 'throttled', retryAfterMs: 30_000 }],
    ['500 may have been executed', json(500), { kind: 'unavailable', retry: 'later', certainty: 'unknown', scope: 'message' }],
    [
      '502 may have been executed',
      { status: 502, text: 'Bad Gateway' },
      { kind: 'unavailable', retry: 'later', certainty: 'unknown', scope: 'peer' },
    ],
    [
      '503 was not executed',
      json(503, '', { 'retry-after': '2' }),
      { kind: 'unavailable', retry: 'later', certainty: 'not-sent', scope: 'peer', retryAfterMs: 2_000 },
    ],
    ['504 may have been executed', json(504), { certainty: 'unknown', scope: 'peer' }],
    ['521 was not executed', json(521), { kind: 'unavailable', certainty: 'not-sent', scope: 'peer' }],
    ['524 may have been executed', json(524), { kind: 'unavailable', certainty: 'unknown', scope: 'peer' }],
    ['a dropped answer may have been executed', 'drop', { kind: 'unreachable', retry: 'later', certainty: 'unknown', scope: 'peer' }],
    [
      'a page instead of JSON may have been executed',
      { status: 200, text: '<html>' },
      { kind: 'invalid-answer', retry: 'later', certainty: 'unknown' },
    ],
    [
      'an answer without an id may have been executed',
      { status: 200, json: { ok: true } },
      { kind: 'invalid-answer', retry: 'later', certainty: 'unknown' },
    ],
    [
      'a redirect is an address to correct',
      { status: 301, text: '', headers: { location: 'https://elsewhere.example' } },
      { kind: 'invalid-answer', retry: 'later', certainty: 'not-sent', scope: 'peer' },
    ],
  ])('%s', async (_what, answer, failure) => {
    expect(await createFails(answer)).toMatchObject(failure);
  });

  it('no listener: unreachable, nothing sent, the peer is the matter', async () => {
    peer = await scriptedPeer('drop');
    await peer.close();
    const attempt = await peer.client.createMessage(1, MESSAGE);
    expect(attempt).toMatchObject({ ok: false, failure: { kind: 'unreachable', retry: 'later', certainty: 'not-sent', scope: 'peer' } });
    peer = await scriptedPeer('drop');
  });

  it('a timeout after the bytes left: unknown', async () => {
    peer = await scriptedPeer('hang');
    const http = createHttpClient({
      policy: { allowHosts: [], allowCidrs: ['127.0.0.0/8'], denyAddresses: [], httpAllowed: false },
      userAgent: 'test',
    });
    const impatient = { ...http, request: (request: Parameters<typeof http.request>[0]) => http.request({ ...request, timeoutMs: 40 }) };
    const client = createChatwootClient({
      http: impatient,
      clock: systemClock,
      baseUrl: peer.url,
      chatwootAccountId: 1,
      token: new Secret(TOKEN),
    });
    expect(await client.createMessage(1, MESSAGE)).toMatchObject({
      ok: false,
      failure: { kind: 'timeout', certainty: 'unknown', scope: 'peer', retry: 'later' },
    });
    expect(await client.listInboxes()).toMatchObject({ ok: false, failure: { kind: 'timeout', certainty: 'not-sent' } });
  });

  it('an address that our own rules refuse waits for the settings', async () => {
    peer = await scriptedPeer('drop');
    const http = createHttpClient({ policy: { allowHosts: [], allowCidrs: [], denyAddresses: [], httpAllowed: false }, userAgent: 'test' });
    const client = createChatwootClient({ http, clock: systemClock, baseUrl: peer.url, chatwootAccountId: 1, token: new Secret(TOKEN) });
    expect(await client.profile()).toMatchObject({
      ok: false,
      failure: { kind: 'blocked', retry: 'later', certainty: 'not-sent', scope: 'peer' },
    });
    expect(await client.fetchAttachment(`${peer.url}/x`)).toMatchObject({
      ok: false,
      failure: { kind: 'blocked', certainty: 'not-sent', scope: 'message' },
    });
    expect(peer.asked).toEqual([]);
  });

  it('the token is in no detail, also when the peer writes it back', async () => {
    const failure = await createFails(json(422, `bad ${TOKEN} ${'x'.repeat(2_000)}`));
    expect(JSON.stringify(failure)).not.toContain(TOKEN);
    expect(failure.detail).toContain('[secret]');
    expect(failure.detail.length).toBeLessThanOrEqual(500);
  });
});

describe('what a refused read means', () => {
  it.each<[string, Scripted]>([
    ['500', json(500)],
    ['502', json(502)],
    ['a dropped answer', 'drop'],
    ['a page instead of JSON', { status: 200, text: '<html>' }],
    ['a list of something else', { status: 200, json: { payload: [{ id: 'x' }] } }],
  ])('%s can be asked again: nothing was sent', async (_what, answer) => {
    expect(await readFails(answer)).toMatchObject({ retry: 'later', certainty: 'not-sent' });
  });
});
