import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import type { TRPCClient } from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from '@whatpro/server/router';
import { fetchEventSource } from './fetch-event-source.ts';
import type { Fetch } from './fetch-event-source.ts';

export type Client = TRPCClient<AppRouter>;

/** The server refuses larger batches. */
const MOST_IN_BATCH = 10;

/** `fetch` adds the credential of the session. */
export function createClient(fetch: Fetch): Client {
  const url = '/trpc';
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, transformer: superjson, EventSource: fetchEventSource(fetch) }),
        false: httpBatchLink({
          url,
          transformer: superjson,
          maxItems: MOST_IN_BATCH,
          maxURLLength: 4_000,
          fetch: (address, init) => fetch(String(address), init as RequestInit),
        }),
      }),
    ],
  });
}
