import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp, createHttpServer } from '#platform/edge';
import { createMemoryCounter } from '#platform/limits';
import { createLogger } from '#platform/logging';
import { hookHandlers, type HookTools } from './hook-routes.ts';

const token = 't'.repeat(43);
let server: Server | undefined;
afterEach(() => server?.close().closeAllConnections());

/** Only what stands before the road is looked at here, so the road is one that is never there. */
async function serve(source: string, admit: HookTools['admit']): Promise<string> {
  const nothing = {} as never;
  const handlers = hookHandlers({
    endpoints: { find: async () => ({ accountId: 'a', endpointId: 'e', source, instanceId: null, inboxId: null }) },
    gateway: nothing,
    chatwoot: nothing,
    admit,
    wake: () => undefined,
    changed: () => undefined,
    log: createLogger({ level: 'silent' }),
  });
  const app = createApp({
    trustProxy: 0,
    hostNames: [],
    onError: () => undefined,
    mount: (routes) => void routes.post('/hooks/:source/:token', ...handlers),
  });
  const listening = createHttpServer(app);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/hooks/${source}/${token}`;
}

describe('the limit of deliveries', () => {
  it('asks a gateway that is over it to send again, in the words gateways repeat on', async () => {
    const address = await serve('evolution', async () => false);
    const answer = await fetch(address, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('is never asked for Chatwoot, which does not send again', async () => {
    let asked = 0;
    const address = await serve('chatwoot', async () => (asked += 1) < 0);
    await fetch(address, { method: 'POST', body: '{}' });
    expect(asked).toBe(0);
  });

  it('lets 2,000 a second through for each endpoint at its lowest setting', async () => {
    const counter = createMemoryCounter({ now: () => new Date(), monotonicMs: () => 0 });
    const taken = await Promise.all(
      ['one', 'other'].flatMap((endpoint) =>
        Array.from({ length: 2_000 }, () => counter.take(endpoint, 1, { points: 2_000, perSeconds: 1 })),
      ),
    );
    expect(taken.every(({ ok }) => ok)).toBe(true);
  });
});
