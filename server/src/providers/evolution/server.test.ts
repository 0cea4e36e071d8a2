import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOnWire, startGateway, type GatewayDouble, type WireReply } from '../kit/conformance/index.ts';
import { evolution } from './index.ts';
import { inside } from './payload.ts';
import { healthy, restOf } from './testing.ts';

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

function server(replies: Readonly<Record<string, WireReply>> = {}) {
  gateway.answer((request) => replies[request.path] ?? healthy(request));
  return openOnWire(evolution, gateway.baseUrl).server;
}
const HOOK = { url: 'https://hub.example.com/hooks/evolution/secret-path' };

test('a good address and key give the version and the number of instances', async () => {
  expect(await server().check()).toEqual({ ok: true, value: { version: '2.3.7', instances: 1 } });
});

test.each([
  ['another program', { status: 200, json: { name: 'something else' } }],
  ['a page', { status: 200, body: '<html></html>' }],
])('an address that answers as %s is not Evolution', async (_, reply) => {
  expect(await server({ '/': reply }).check()).toMatchObject({
    ok: false,
    failure: { kind: 'invalid-answer', retry: 'never', certainty: 'not-sent' },
  });
});

test('an address that does not answer says so', async () => {
  expect(await server({ '/': { status: 502, body: '' } }).check()).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
});

test('a version without its number is accepted by its greeting', async () => {
  expect(await server({ '/': { json: { message: 'Welcome to the Evolution API, it is working!' } } }).check()).toMatchObject({
    ok: true,
    value: { version: null },
  });
});

test('a wrong key is told apart from a wrong address', async () => {
  expect(await server({ '/instance/fetchInstances': restOf('err-401') }).check()).toMatchObject({
    ok: false,
    failure: { kind: 'credentials' },
  });
});

test('a server that is not activated says so in words for a person', async () => {
  const { failure } = (await server({
    '/instance/fetchInstances': {
      status: 503,
      json: { error: 'service not activated', code: 'LICENSE_REQUIRED', register_url: 'https://x.example.com' },
    },
  }).check()) as {
    failure: { kind: string; vendorText: string };
  };
  expect(failure.kind).toBe('unavailable');
  expect(failure.vendorText).toContain('not activated');
});

test('an instance is created with its webhook in one call, and its key never shows', async () => {
  const created = await server().createInstance({ name: 'loja', webhook: HOOK });
  const body = inside(gateway.journal.at(-1)?.json);
  expect(body).toMatchObject({ instanceName: 'loja', integration: 'WHATSAPP-BAILEYS', qrcode: false });
  expect(body['token']).toMatch(/^[0-9A-F-]{36}$/);
  expect(body['webhook']).toMatchObject({
    enabled: true,
    url: HOOK.url,
    byEvents: false,
    base64: false,
    events: expect.arrayContaining(['MESSAGES_UPSERT', 'QRCODE_UPDATED']) as unknown,
  });
  expect(created).toMatchObject({ ok: true, value: { externalId: 'capmwraq2e7' } });
  expect(created.ok && created.value.token.expose()).toBe('00000000-0000-4000-8000-00000000c0de');
  expect(JSON.stringify(created)).not.toContain('c0de');
});

test('without a key in the answer it is the one we asked for', async () => {
  const created = await server({ '/instance/create': { status: 201, json: { instance: { instanceName: 'loja' } } } }).createInstance({
    name: 'loja',
    webhook: HOOK,
  });
  expect(created.ok && created.value.token.expose()).toBe(inside(gateway.journal.at(-1)?.json)['token']);
});

test('a name that is taken is refused for good; an answer without an instance is not believed', async () => {
  expect(await server({ '/instance/create': restOf('err-duplicate-name') }).createInstance({ name: 'loja', webhook: HOOK })).toMatchObject({
    ok: false,
    failure: { kind: 'rejected', retry: 'never' },
  });
  expect(await server({ '/instance/create': { status: 201, json: {} } }).createInstance({ name: 'loja', webhook: HOOK })).toMatchObject({
    ok: false,
    failure: { kind: 'invalid-answer' },
  });
});

test('the list tells state, account and key, and survives rows it does not know', async () => {
  const rows = [
    ...(restOf('fetchInstances').json as unknown[]),
    { name: 'velha', connectionStatus: 'close', disconnectionReasonCode: 401 },
    { id: 'nameless' },
    'x',
  ];
  const listed = await server({ '/instance/fetchInstances': { json: rows } }).listInstances();
  expect(listed).toMatchObject({
    ok: true,
    value: [
      { externalId: 'capmwraq2e7', name: 'capmwraq2e7', report: { state: 'connected', phone: '5511900000000', profileName: 'Fake' } },
      { externalId: 'velha', report: { state: 'logged-out', action: 'pair-again' } },
    ],
  });
  expect(listed.ok && [listed.value.length, listed.value[0]?.token?.expose().length, listed.value[1]?.token]).toEqual([2, 36, undefined]);
  expect(await server({ '/instance/fetchInstances': { json: { not: 'a list' } } }).listInstances()).toMatchObject({
    ok: false,
    failure: { kind: 'invalid-answer' },
  });
});
