import type { Live } from '#platform/realtime';

export type Revoked = 'session' | 'grant' | 'key' | 'token' | 'signing-keys';

/** Tells every process at once to forget what it remembers of a credential. What is not told is forgotten a few seconds later. */
export interface Revocations {
  tell(kind: Revoked, id: string): void;
  on(kind: Revoked, forget: (id: string) => void): void;
}

/** Nobody's account: what concerns the whole Hub travels under this name. */
const HUB = 'hub';

export function createRevocations(live: Pick<Live, 'changed' | 'watch'> | undefined): Revocations {
  const listeners = new Map<string, (id: string) => void>();
  if (live !== undefined) void listen(live, listeners);
  return {
    tell(kind, id) {
      listeners.get(kind)?.(id);
      live?.changed(HUB, 'credentials', [`${kind}:${id}`]);
    },
    on: (kind, forget) => void listeners.set(kind, forget),
  };
}

async function listen(live: Pick<Live, 'watch'>, listeners: ReadonlyMap<string, (id: string) => void>): Promise<void> {
  const never = new AbortController();
  for await (const { topic, ids } of live.watch(HUB, never.signal)) {
    if (topic !== 'credentials') continue;
    for (const told of ids) {
      const [, kind = '', id = ''] = /^([a-z-]+):(.*)$/.exec(told) ?? [];
      listeners.get(kind)?.(id);
    }
  }
}
