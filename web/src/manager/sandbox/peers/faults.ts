import { queryOptions } from '@tanstack/react-query';
import type { Peer } from './peer.ts';

export interface FaultSettings {
  /** Every connection is dropped without doing anything. */
  readonly down: boolean;
  /** Share of requests that are done, and then the answer is lost. */
  readonly dropAfter: number;
}

export const askFaults = (peer: Peer) =>
  queryOptions({
    queryKey: ['faults', peer.url] as const,
    queryFn: async ({ signal }) => (await peer.ask<{ readonly faults: FaultSettings }>('/faults', signal)).faults,
    staleTime: Infinity,
  });

export const changeFaults = async (peer: Peer, change: Partial<FaultSettings>): Promise<FaultSettings> =>
  (await peer.tell<{ readonly faults: FaultSettings }>('PUT', '/faults', change)).faults;
