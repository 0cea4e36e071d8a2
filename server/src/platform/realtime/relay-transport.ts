import { createPostgresRelayBackend, Relay } from 'bullmq';
import type { QueueBackend } from '#platform/queue';
import type { LiveEvent, LiveTransport } from './realtime.ts';

interface Envelope {
  readonly from: string;
  readonly accountId: string;
  readonly events: readonly LiveEvent[];
}

/** How long the count of other processes is believed. A process that just started misses at most this much of live news. */
const ALONE_TTL_MS = 3_000;

/** Live events over BullMQ's Relay, on the backend that the queues use. */
export function createRelayTransport(backend: QueueBackend, onError: (error: unknown) => void): LiveTransport {
  const relay =
    backend.kind === 'redis'
      ? new Relay({ connection: { url: backend.url }, namespace: 'hub' })
      : new Relay({
          connection: { connectionString: backend.connectionString, schema: backend.schema, max: 2 },
          backend: createPostgresRelayBackend,
          namespace: 'hub',
        });
  relay.on('error', onError);
  let alone = { until: 0, yes: false };
  const isAlone = async (): Promise<boolean> => {
    if (performance.now() > alone.until) alone = { until: performance.now() + ALONE_TTL_MS, yes: (await relay.getCounts()).nodes <= 1 };
    return alone.yes;
  };
  return {
    async publish(accountId, events) {
      if (await isAlone()) return;
      await relay.publish(`live.${accountId}`, { from: relay.nodeId, accountId, events } satisfies Envelope);
    },
    async subscribe(onEvents) {
      await relay.subscribe<Envelope>('live.*', ({ data }) => {
        if (data.from !== relay.nodeId) onEvents(data.accountId, data.events);
      });
    },
    close: () => relay.close(),
  };
}
