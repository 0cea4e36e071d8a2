import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '#platform/crypto';
import { INSTANCE_TOKEN, openOnWire, startGateway } from '../kit/conformance/index.ts';
import type { GatewayDouble, WireReply } from '../kit/conformance/index.ts';
import { sandbox } from './sandbox.provider.ts';

let gateway: GatewayDouble;
beforeAll(async () => {
  gateway = await startGateway('/gateway');
});
afterAll(() => gateway.close());

const on = (reply: WireReply) => {
  gateway.answer(() => reply);
  return openOnWire(sandbox, gateway.baseUrl, { externalId: 'a/b' });
};

describe('the server', () => {
  test('another program at the same address is not taken for a sandbox', async () => {
    expect(await on({ json: { name: 'something else' } }).server.check()).toMatchObject({ ok: false, failure: { kind: 'invalid-answer' } });
  });

  test('an instance without a token in the answer is an invalid answer', async () => {
    expect(
      await on({ status: 201, json: { id: 'x' } }).server.createInstance({ name: 'x', webhook: { url: 'https://hub.example.com' } }),
    ).toMatchObject({ ok: false, failure: { kind: 'invalid-answer' } });
  });
});

describe('the session', () => {
  test('ids cannot reach another path', async () => {
    await on({ json: { state: 'connected' } }).session.report();
    expect(gateway.journal.at(-1)?.path).toBe('/instances/a%2Fb');
    expect(gateway.journal.at(-1)?.headers['x-sandbox-key']).toBe(INSTANCE_TOKEN);
  });

  test('the report says what the gateway says', async () => {
    expect(await on({ json: { state: 'connected', phone: '5511990000001' } }).session.report()).toEqual({
      ok: true,
      value: { state: 'connected', action: 'none', phone: '5511990000001' },
    });
    expect(await on({ status: 404, json: { error: 'gone' } }).session.report()).toMatchObject({ ok: true, value: { state: 'removed' } });
    expect(await on({ json: {} }).session.report()).toMatchObject({ ok: false, failure: { kind: 'invalid-answer' } });
  });

  test('connecting ends as done or waits', async () => {
    expect(await on({ json: { state: 'connected', phone: '5511990000001' } }).session.connect({})).toEqual({
      ok: true,
      value: { step: 'done', phone: '5511990000001' },
    });
    expect(await on({ json: { state: 'connected' } }).session.connect({})).toEqual({ ok: true, value: { step: 'done' } });
    expect(await on({ json: { state: 'pairing' } }).session.connect({ phone: '5511990000001' })).toEqual({
      ok: true,
      value: { step: 'wait', pollInSeconds: 1 },
    });
  });

  test('a log-out of what is not connected is done, a restart of it is not', async () => {
    expect(await on({ status: 409, json: { error: 'not connected' } }).session.logOut()).toMatchObject({ ok: true });
    expect(await on({ status: 409, json: { error: 'not connected' } }).session.restart?.()).toMatchObject({
      ok: false,
      failure: { kind: 'not-connected' },
    });
  });
});

describe('files of messages', () => {
  test('come as the gateway streams them', async () => {
    const outcome = await on({ body: 'png', headers: { 'content-type': 'image/png' } }).session.fetchMedia({ mediaId: 'm/1' });
    if (!outcome.ok) return expect.fail(outcome.failure.detail);
    const chunks: Uint8Array[] = [];
    for await (const chunk of outcome.value.content as AsyncIterable<Uint8Array>) chunks.push(chunk);
    expect([outcome.value.mimeType, Buffer.concat(chunks).toString()]).toEqual(['image/png', 'png']);
    expect(gateway.journal.at(-1)?.path).toBe('/instances/a%2Fb/media/m%2F1');
    return undefined;
  });

  test('that are gone are the message’s matter; other failures keep their meaning', async () => {
    expect(await on({ status: 404 }).session.fetchMedia({ mediaId: 'm' })).toMatchObject({
      ok: false,
      failure: { kind: 'not-found', retry: 'never', scope: 'message' },
    });
    expect(await on({ status: 503 }).session.fetchMedia({ mediaId: 'm' })).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', retry: 'later' },
    });
    expect(await on('drop').session.fetchMedia({ mediaId: 'm' })).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
    expect(await on('drop').session.fetchMedia({ id: 'm' })).toMatchObject({ ok: false, failure: { kind: 'unsupported', retry: 'never' } });
  });
});

test('the token in a webhook’s body is proof when it is there', () => {
  const verifies = (body: unknown) => sandbox.verifies({ body, headers: {} }, { token: new Secret('right') });
  expect([{ token: 'right' }, {}, { token: null }, { token: 'wrong' }, { token: {} }].map(verifies)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
