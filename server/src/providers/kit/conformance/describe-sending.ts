import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, DeliveryFailure } from '#platform/outcome';
import type { Provider, Sent } from '../provider.ts';
import type { GatewayDouble, WireReply } from './gateway-double.ts';
import { startGateway } from './gateway-double.ts';
import type { WireCases } from './wire-cases.ts';
import { ADMIN_TOKEN, FILE_BYTES, INSTANCE_TOKEN, mediaMessage, openOnWire, REF, textMessage } from './wire-cases.ts';

// Must outlast connecting and writing on a busy machine, or the request would count as never having left.
const SHORT_PATIENCE_MS = 250;

const TELL_TALE = { error: `no such key ${INSTANCE_TOKEN}`, message: `admin ${ADMIN_TOKEN.slice(0, 4)}` };

/** What any gateway says in HTTP's own words. */
const COMMON: WireCases['refusals'] = [
  {
    name: '400',
    reply: { status: 400, json: { error: 'Invalid payload' } },
    failure: { retry: 'never', certainty: 'not-sent', scope: 'message', kind: 'rejected' },
  },
  { name: '401', reply: { status: 401, json: TELL_TALE }, failure: { kind: 'credentials', certainty: 'not-sent', scope: 'peer' } },
  {
    name: '401 with an empty body',
    reply: { status: 401, body: '' },
    failure: { kind: 'credentials', certainty: 'not-sent', scope: 'peer' },
  },
  {
    name: '413',
    reply: { status: 413, body: '<html>too large</html>' },
    failure: { kind: 'too-large', retry: 'never', certainty: 'not-sent', scope: 'message' },
  },
  {
    name: '429 with Retry-After',
    reply: { status: 429, headers: { 'retry-after': '7' }, json: { error: 'Rate limit exceeded' } },
    failure: { kind: 'throttled', retry: 'later', certainty: 'not-sent', retryAfterMs: 7000 },
  },
  {
    name: '500',
    reply: { status: 500, json: { error: 'Failed to send message' } },
    failure: { kind: 'unavailable', retry: 'later', certainty: 'unknown' },
  },
  {
    name: '502 from a proxy',
    reply: { status: 502, body: '<html>bad gateway</html>' },
    failure: { kind: 'unavailable', retry: 'later', certainty: 'unknown', scope: 'peer' },
  },
  {
    name: '503 with Retry-After',
    reply: { status: 503, headers: { 'retry-after': '30' }, json: TELL_TALE },
    failure: { kind: 'unavailable', retry: 'later', scope: 'peer', retryAfterMs: 30_000 },
  },
  {
    name: 'success without JSON',
    reply: { status: 200, body: '<html>welcome</html>' },
    failure: { kind: 'invalid-answer', certainty: 'unknown' },
  },
  { name: 'success without an id', reply: { status: 200, json: {} }, failure: { kind: 'invalid-answer', certainty: 'unknown' } },
  { name: 'success with a list', reply: { status: 200, json: [] }, failure: { kind: 'invalid-answer', certainty: 'unknown' } },
  {
    name: 'the connection dropped after the request',
    reply: 'drop',
    failure: { kind: 'unreachable', retry: 'later', certainty: 'unknown', scope: 'peer' },
  },
  { name: 'no answer in time', reply: 'hang', failure: { kind: 'timeout', retry: 'later', certainty: 'unknown', scope: 'peer' } },
];

export function describeSending(provider: Provider, wire: WireCases): void {
  describe('sending', () => {
    let gateway: GatewayDouble;
    beforeAll(async () => {
      gateway = await startGateway(wire.basePath);
    });
    afterEach(() => gateway.answer(wire.gateway));
    afterAll(() => gateway.close());

    const sendAgainst = (reply: WireReply, message = textMessage): Promise<Attempt<Sent>> => {
      gateway.answer((request) => (wire.isSend(request) ? reply : wire.gateway(request)));
      return openOnWire(provider, gateway.baseUrl, reply === 'hang' ? { patienceMs: SHORT_PATIENCE_MS } : {}).session.send(message);
    };

    test.each([...COMMON, ...wire.refusals])('answered by $name, it says what happened and what to do', async ({ reply, failure }) => {
      const outcome = await sendAgainst(reply);
      expect(outcome).toMatchObject({ ok: false, failure });
      expectNoSecret(outcome);
    });

    test('a file is not sent when the gateway answers with a failure, and the failure is the same', async () => {
      expect(await sendAgainst({ status: 401, json: TELL_TALE }, mediaMessage('document'))).toMatchObject({
        ok: false,
        failure: { kind: 'credentials' },
      });
    });

    test('a refused connection is not-sent and the peer’s matter', async () => {
      const closed = await startGateway(wire.basePath);
      await closed.close();
      const outcome = await openOnWire(provider, closed.baseUrl).session.send(textMessage);
      expect(outcome).toMatchObject({ ok: false, failure: { kind: 'unreachable', retry: 'later', certainty: 'not-sent', scope: 'peer' } });
      expectNoSecret(outcome);
    });

    test('a file that cannot be opened is never sent', async () => {
      const failure: DeliveryFailure = {
        kind: 'unreachable',
        retry: 'later',
        certainty: 'not-sent',
        scope: 'message',
        detail: 'the file is not there yet',
      };
      const before = gateway.journal.length;
      const message = mediaMessage('image');
      const media = { ...message.media, open: () => Promise.resolve({ ok: false as const, failure }) } as NonNullable<typeof message.media>;
      gateway.answer(wire.gateway);
      expect(await openOnWire(provider, gateway.baseUrl).session.send({ ...message, media })).toEqual({ ok: false, failure });
      expect(gateway.journal.slice(before).filter(wire.isSend)).toEqual([]);
    });

    test('a file that breaks off half-way was not sent, and may be tried again', async () => {
      gateway.answer(wire.gateway);
      const message = mediaMessage('image');
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield FILE_BYTES;
        await Promise.reject(new Error('the file broke off'));
      }
      const media = { ...message.media, open: () => Promise.resolve({ ok: true as const, value: broken() }) } as NonNullable<
        typeof message.media
      >;
      const outcome = await openOnWire(provider, gateway.baseUrl).session.send({ ...message, media });
      expect(outcome).toMatchObject({ ok: false, failure: { retry: 'later', certainty: 'not-sent', scope: 'message' } });
    });

    test('a text longer than the table allows is refused before it leaves', async () => {
      const before = gateway.journal.length;
      gateway.answer(wire.gateway);
      const text = 'x'.repeat(provider.capabilities.limits.maxTextLength + 1);
      const outcome = await openOnWire(provider, gateway.baseUrl).session.send({ ...textMessage, text });
      expect(outcome).toMatchObject({ ok: false, failure: { kind: 'too-large', retry: 'never', certainty: 'not-sent' } });
      expect(gateway.journal.slice(before).filter(wire.isSend)).toEqual([]);
    });

    test('a file larger than the table allows is refused before it leaves', async () => {
      const message = mediaMessage('document');
      const media = { ...message.media, sizeBytes: provider.capabilities.limits.maxMediaBytes + 1 } as NonNullable<typeof message.media>;
      gateway.answer(wire.gateway);
      const outcome = await openOnWire(provider, gateway.baseUrl).session.send({ ...message, media });
      expect(outcome).toMatchObject({ ok: false, failure: { kind: 'too-large', retry: 'never', certainty: 'not-sent' } });
    });

    test('the echo of a send is recognised as ours (WH-14)', async ({ skip }) => {
      const { echoOf } = wire;
      if (echoOf === undefined) return skip();
      gateway.answer(wire.gateway);
      const outcome = await openOnWire(provider, gateway.baseUrl).session.send(textMessage);
      const sent = gateway.journal.findLast(wire.isSend);
      if (!outcome.ok || sent === undefined) return expect.fail('the send did not arrive');
      const { events } = provider.parseWebhook(echoOf(sent));
      expect(events).toMatchObject([{ type: 'message', id: outcome.value.id, origin: 'hub', clientRef: REF }]);
    });

    describe.skipIf(provider.capabilities.findSent === 'none')('looking for a send that may have arrived', () => {
      const search = async (reply: WireReply) => {
        gateway.answer((request) => (wire.lookUp?.isLookUp(request) === true ? reply : wire.gateway(request)));
        return openOnWire(provider, gateway.baseUrl).session.findSent?.(textMessage, new Date('2026-03-01T11:59:00Z'));
      };

      test('finds it, misses it, or says that it cannot tell', async () => {
        if (wire.lookUp === undefined) return expect.fail('findSent is claimed and no wire case shows it');
        expect(await search(wire.lookUp.known)).toMatchObject({ ok: true, value: { found: 'yes' } });
        expect(await search(wire.lookUp.unknown)).toEqual({ ok: true, value: { found: 'no' } });
        expect(await search({ status: 500, json: {} })).toMatchObject({ ok: false });
        expect(await search({ status: 200, json: { nothing: 'useful' } })).not.toMatchObject({ value: { found: 'no' } });
        return undefined;
      });
    });
  });
}

function expectNoSecret(outcome: unknown): void {
  const printed = `${JSON.stringify(outcome)} ${inspect(outcome, { depth: 10 })}`;
  expect(printed).not.toContain(INSTANCE_TOKEN);
  expect(printed).not.toContain(ADMIN_TOKEN);
}
