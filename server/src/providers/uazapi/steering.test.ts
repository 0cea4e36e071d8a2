import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '#platform/crypto';
import { at } from '#provider-kit';
import { INSTANCE_TOKEN, openOnWire, startGateway } from '../kit/conformance/index.ts';
import type { GatewayDouble, WireReply } from '../kit/conformance/index.ts';
import { uazapi } from './uazapi.provider.ts';

const QR = 'data:image/png;base64,iVBORw0KGgo=';
const URL_OF_HUB = 'https://hub.example.com/hooks/uazapi/secret-path';
const WANTED = {
  enabled: true,
  url: URL_OF_HUB,
  events: ['messages', 'messages_update', 'connection', 'call', 'groups'],
  excludeMessages: [],
  addUrlEvents: false,
  addUrlTypesMessages: false,
};

let gateway: GatewayDouble;
let seen = 0;
beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  seen = gateway.journal.length;
});
afterAll(() => gateway.close());

const session = () => openOnWire(uazapi, gateway.baseUrl).session;
const server = () => openOnWire(uazapi, gateway.baseUrl).server;
const calls = () => gateway.journal.slice(seen).map(({ method, path }) => `${method} ${path}`);
const lastBody = () => gateway.journal.at(-1)?.json;
const answers = (table: Record<string, WireReply>) =>
  gateway.answer(({ method, path }) => table[`${method} ${path}`] ?? { status: 500, json: { error: `not expected: ${path}` } });

describe('the webhook', () => {
  const others = { id: 'other', url: 'https://crm.example.com/hook', enabled: true, events: ['messages'] };

  test('is added beside other people’s', async () => {
    answers({ 'GET /webhook': { json: [others] }, 'POST /webhook': { json: [others] } });
    expect(await session().setWebhook({ url: URL_OF_HUB })).toEqual({ ok: true, value: undefined });
    expect(lastBody()).toEqual({ action: 'add', ...WANTED });
  });

  test('is updated by its own id when its events are not the wanted ones', async () => {
    answers({ 'GET /webhook': { json: [others, { ...WANTED, id: 'ours', events: ['messages'] }] }, 'POST /webhook': { json: [] } });
    expect(await session().setWebhook({ url: URL_OF_HUB })).toMatchObject({ ok: true });
    expect(lastBody()).toEqual({ action: 'update', id: 'ours', ...WANTED });
  });

  test('is left alone when it is as wanted', async () => {
    answers({ 'GET /webhook': { json: [{ ...WANTED, id: 'ours' }] } });
    expect(await session().setWebhook({ url: URL_OF_HUB })).toMatchObject({ ok: true });
    expect(calls()).toEqual(['GET /webhook']);
  });

  test('is not touched when the present ones cannot be read', async () => {
    answers({ 'GET /webhook': { json: { surprise: true } } });
    expect(await session().setWebhook({ url: URL_OF_HUB })).toMatchObject({ ok: false, failure: { kind: 'invalid-answer' } });
    expect(calls()).toEqual(['GET /webhook']);
  });

  test('that cannot be saved is a failure', async () => {
    answers({ 'GET /webhook': { json: [] }, 'POST /webhook': { status: 400, json: { error: 'Invalid action' } } });
    expect(await session().setWebhook({ url: URL_OF_HUB })).toMatchObject({ ok: false, failure: { kind: 'rejected' } });
  });
});

describe('creating an instance', () => {
  const made = { json: { instance: { id: 'r1', token: 'new-instance-token' }, token: 'new-instance-token' } };

  test('falls back to the older path on 404, and sets the webhook with the new token', async () => {
    answers({
      'POST /instance/create': { status: 404, body: '404 page not found' },
      'POST /instance/init': made,
      'GET /webhook': { json: [] },
      'POST /webhook': { json: [] },
    });
    const outcome = await server().createInstance({ name: 'loja', webhook: { url: URL_OF_HUB } });
    expect(outcome).toMatchObject({ ok: true, value: { externalId: 'r1' } });
    expect(outcome.ok && outcome.value.token.expose()).toBe('new-instance-token');
    expect(calls()).toEqual(['POST /instance/create', 'POST /instance/init', 'GET /webhook', 'POST /webhook']);
    expect(gateway.journal.at(-1)?.headers['token']).toBe('new-instance-token');
  });

  test('takes the instance away again when its webhook cannot be set', async () => {
    answers({
      'POST /instance/create': made,
      'GET /webhook': { status: 503, json: {} },
      'DELETE /instance': { json: { response: 'Instance Deleted' } },
    });
    expect(await server().createInstance({ name: 'loja', webhook: { url: URL_OF_HUB } })).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', certainty: 'not-sent' },
    });
    expect(calls().at(-1)).toBe('DELETE /instance');
  });

  test('without a token in the answer is an invalid answer', async () => {
    answers({ 'POST /instance/create': { json: { instance: { id: 'r1' } } } });
    expect(await server().createInstance({ name: 'loja', webhook: { url: URL_OF_HUB } })).toMatchObject({
      ok: false,
      failure: { kind: 'invalid-answer', certainty: 'unknown' },
    });
  });
});

describe('the list of instances', () => {
  test('gives state, number and token, and leaves out rows without an id', async () => {
    const rows = [
      { id: 'r1', name: 'loja', token: 'token-of-r1', status: 'connected', owner: '5511990000001', profileName: 'Loja Exemplo' },
      { id: 'r2', name: '', status: 'disconnected', lastDisconnectReason: '401: logged out from another device' },
      { name: 'nobody' },
    ];
    answers({ 'GET /instance/all': { json: rows } });
    const outcome = await server().listInstances();
    expect(outcome).toMatchObject({
      ok: true,
      value: [
        {
          externalId: 'r1',
          name: 'loja',
          report: { state: 'connected', action: 'none', phone: '5511990000001', profileName: 'Loja Exemplo' },
        },
        { externalId: 'r2', name: 'r2', report: { state: 'logged-out', action: 'pair-again' } },
      ],
    });
    expect(outcome.ok && outcome.value.map(({ token }) => token?.expose())).toEqual(['token-of-r1', undefined]);
    expect(await server().check()).toEqual({ ok: true, value: { version: null, instances: 3 } });
    expect(gateway.journal.at(-1)?.headers['admintoken']).toMatch(/^canary-admin/);
  });
});

describe('connecting', () => {
  const status = (instance: object, connected = false): WireReply => ({
    json: { instance, status: { connected, loggedIn: connected, jid: connected ? { user: '5511990000001' } : null } },
  });

  test('a connected instance is done, with its number', async () => {
    answers({ 'GET /instance/status': status({ status: 'connected' }, true) });
    expect(await session().connect({})).toEqual({ ok: true, value: { step: 'done', phone: '5511990000001' } });
    expect(calls()).toEqual(['GET /instance/status']);
  });

  test('a QR that is still shown is given again instead of starting anew', async () => {
    answers({ 'GET /instance/status': status({ status: 'connecting', qrcode: QR }) });
    expect(await session().connect({})).toEqual({ ok: true, value: { step: 'show-qr', qr: QR, expiresInSeconds: 120 } });
    expect(calls()).toEqual(['GET /instance/status']);
  });

  test('a code is asked for with its phone', async () => {
    answers({
      'GET /instance/status': status({ status: 'connecting', qrcode: QR }),
      'POST /instance/connect': { json: { connected: false, instance: { status: 'connecting', paircode: 'ABCD-1234' } } },
    });
    expect(await session().connect({ phone: '5511990000001' })).toEqual({
      ok: true,
      value: { step: 'show-code', code: 'ABCD-1234', expiresInSeconds: 300 },
    });
    expect(lastBody()).toEqual({ phone: '5511990000001' });
  });

  test('nothing to show yet is a wait', async () => {
    answers({
      'GET /instance/status': status({ status: 'disconnected' }),
      'POST /instance/connect': { json: { connected: false, instance: { status: 'connecting' } } },
    });
    expect(await session().connect({})).toEqual({ ok: true, value: { step: 'wait', pollInSeconds: 2 } });
  });

  test('a session that came up at once is done', async () => {
    answers({
      'GET /instance/status': status({ status: 'hibernated' }),
      'POST /instance/connect': { json: { connected: true, loggedIn: true, jid: null, instance: { status: 'connected' } } },
    });
    expect(await session().connect({})).toEqual({ ok: true, value: { step: 'done' } });
  });

  test('a phone that is none is refused here', async () => {
    expect(await session().connect({ phone: '+55 11' })).toMatchObject({ ok: false, failure: { kind: 'rejected', retry: 'never' } });
    expect(calls()).toEqual([]);
  });

  test('capacity that is away for the moment keeps its waiting time', async () => {
    answers({
      'GET /instance/status': status({ status: 'disconnected' }),
      'POST /instance/connect': { status: 503, headers: { 'retry-after': '5' }, json: {} },
    });
    expect(await session().connect({})).toMatchObject({ ok: false, failure: { kind: 'unavailable', retryAfterMs: 5000 } });
  });
});

describe('the report', () => {
  test.each([
    [
      { json: { instance: { status: 'connected', owner: '5511990000001' }, status: { connected: false } } },
      { state: 'connecting', action: 'wait', phone: '5511990000001' },
    ],
    [{ json: { instance: { status: 'hibernated' }, status: { connected: false } } }, { state: 'hibernated', action: 'pair-again' }],
    [
      { status: 401, json: { error: 'No session' } },
      { state: 'disconnected', action: 'pair-again' },
    ],
    [
      { status: 401, json: { error: 'instance info not found' } },
      { state: 'removed', action: 'contact-support' },
    ],
  ] as const)('%j', async (reply, expected) => {
    answers({ 'GET /instance/status': reply });
    expect(await session().report()).toEqual({ ok: true, value: expected });
  });

  test('a bad token is a failure, not a state', async () => {
    answers({ 'GET /instance/status': { status: 401, json: { error: 'Invalid token' } } });
    expect(await session().report()).toMatchObject({ ok: false, failure: { kind: 'credentials' } });
  });
});

describe('restart, log-out and removal', () => {
  test('a restart within the cool-down says how long to wait', async () => {
    answers({ 'POST /instance/reset': { json: { resetting: false, response: 'Instance reset cooldown active (8s remaining)' } } });
    expect(await session().restart?.()).toMatchObject({ ok: false, failure: { kind: 'throttled', retryAfterMs: 8000 } });
  });

  test.each([403, 409])('a restart answered %i means that pairing is needed', async (status) => {
    answers({ 'POST /instance/reset': { status, json: { error: 'not reconnectable', resetting: false } } });
    expect(await session().restart?.()).toMatchObject({ ok: false, failure: { kind: 'not-connected', retry: 'never' } });
  });

  test('logging out what has no session is done', async () => {
    answers({ 'POST /instance/disconnect': { status: 500, json: { error: 'No active session' } } });
    expect(await session().logOut()).toMatchObject({ ok: true });
  });

  test('a removal that the server fails is a failure', async () => {
    answers({ 'DELETE /instance': { status: 500, json: { error: 'Falha ao deletar instância' } } });
    expect(await session().remove()).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
  });
});

describe('the proof in the body', () => {
  const verifies = (body: unknown) => uazapi.verifies({ body, headers: {} }, { token: new Secret(INSTANCE_TOKEN) });

  test('the right token and an absent one are accepted, any other is not', () => {
    expect([{ token: INSTANCE_TOKEN }, {}, { token: '' }, null].map(verifies)).toEqual([true, true, true, true]);
    expect([{ token: 'wrong' }, { token: `${INSTANCE_TOKEN} ` }, { token: 0 }, { token: [INSTANCE_TOKEN] }].map(verifies)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('a token written elsewhere in the body is taken out too', () => {
    const stored = uazapi.withoutSecrets({
      token: INSTANCE_TOKEN,
      message: { sendPayload: `{"token":"${INSTANCE_TOKEN}"}`, mediaKey: 'kept' },
    });
    expect(stored).toEqual({ message: { sendPayload: '{"token":"[secret]"}', mediaKey: 'kept' } });
    expect(at(stored, 'token')).toBeUndefined();
  });
});
