import { systemClock } from '#platform/clock';
import { Secret } from '#platform/crypto';
import type { OnceTools } from '#platform/rest';
import type { Hub } from './open-hub.ts';

/** What keeps the answers to requests with an `Idempotency-Key`. They are sealed: some show a secret, and only once. */
export function onceTools({ access, log }: Hub): OnceTools {
  const { keyRing } = access.context;
  const place = (accountId: string, rowId: string) => ({ accountId, table: 'idempotency_key', column: 'body', rowId });
  return {
    seal: {
      seal: (accountId, rowId, text) => keyRing.seal(place(accountId, rowId), new Secret(text)),
      open(accountId, rowId, sealed) {
        try {
          return keyRing.open(place(accountId, rowId), sealed).expose();
        } catch {
          return null;
        }
      },
    },
    now: systemClock.now,
    onLost: (error) => log.warn('idempotency.not-kept', { err: error }),
  };
}
