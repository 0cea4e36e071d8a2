import { inspect } from 'node:util';
import { afterAll, beforeEach, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt } from '#platform/outcome';
import type { Provider } from '../provider.ts';
import type { GatewayDouble, WireReply, WireRequest } from './gateway-double.ts';
import { startGateway } from './gateway-double.ts';
import type { OnWire, WireCases } from './wire-cases.ts';
import { ADMIN_TOKEN, INSTANCE_TOKEN, openOnWire } from './wire-cases.ts';

const WEBHOOK = { url: 'https://hub.example.com/hooks/x/secret-path' };

const calls: Record<string, (on: OnWire) => Promise<Attempt<unknown>> | undefined> = {
  check: ({ server }) => server.check(),
  createInstance: ({ server }) => server.createInstance({ name: 'loja', webhook: WEBHOOK }),
  listInstances: ({ server }) => server.listInstances(),
  connect: ({ session }) => session.connect({}),
  report: ({ session }) => session.report(),
  logOut: ({ session }) => session.logOut(),
  remove: ({ session }) => session.remove(),
  setWebhook: ({ session }) => session.setWebhook(WEBHOOK),
  restart: ({ session }) => session.restart?.(),
};

export function describeSteering(provider: Provider, wire: WireCases): void {
  describe('steering', () => {
    let gateway: GatewayDouble;
    beforeAll(async () => {
      gateway = await startGateway(wire.basePath);
    });
    beforeEach(() => gateway.answer(wire.gateway));
    afterAll(() => gateway.close());

    test.each(Object.keys(calls))('%s works against a healthy gateway', async (name) => {
      expect((await calls[name]?.(openOnWire(provider, gateway.baseUrl))) ?? { ok: true }).toMatchObject({ ok: true });
    });

    test.each(Object.keys(calls))('%s ends in a value, without a secret, whatever the gateway answers', async (name) => {
      // A gateway that repeats in its error what it was sent, credentials included.
      const leak = ({ headers }: WireRequest) => ({ error: JSON.stringify(headers) });
      const replies: readonly ((request: WireRequest) => WireReply)[] = [
        (request) => ({ status: 500, json: leak(request) }),
        (request) => ({ status: 403, json: leak(request) }),
        () => ({ status: 200, body: 'nonsense' }),
        () => ({ status: 200, json: 'a text' }),
        () => 'drop',
      ];
      for (const reply of replies) {
        gateway.answer(reply);
        const outcome = await calls[name]?.(openOnWire(provider, gateway.baseUrl));
        if (outcome?.ok === false) {
          const printed = `${JSON.stringify(outcome)} ${inspect(outcome, { depth: 10 })}`;
          expect(printed).not.toContain(INSTANCE_TOKEN);
          expect(printed).not.toContain(ADMIN_TOKEN);
        }
      }
    });

    test('pairing offers what the table claims', async () => {
      const { session } = openOnWire(provider, gateway.baseUrl);
      const { pairing } = provider.capabilities;
      if (pairing.qr) expect(await session.connect({})).toMatchObject({ ok: true, value: { step: 'show-qr' } });
      if (pairing.code) expect(await session.connect({ phone: '5511988887777' })).toMatchObject({ ok: true, value: { step: 'show-code' } });
    });

    test('restart is there exactly when the table claims it', () => {
      expect(typeof openOnWire(provider, gateway.baseUrl).session.restart === 'function').toBe(provider.capabilities.restart);
    });

    test('removing an instance that is gone counts as removed', async () => {
      gateway.answer(() => wire.gone ?? { status: 404, json: { error: 'not found' } });
      expect(await openOnWire(provider, gateway.baseUrl).session.remove()).toMatchObject({ ok: true });
    });

    test('a credential is never part of a URL', async () => {
      const { session, server } = openOnWire(provider, gateway.baseUrl);
      await server.check();
      await session.report();
      for (const { path } of gateway.journal) expect(path).not.toMatch(new RegExp(`${INSTANCE_TOKEN}|${ADMIN_TOKEN}`));
    });
  });
}
