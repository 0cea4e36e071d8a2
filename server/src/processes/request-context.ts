import type { Request } from 'express';
import { hasCredential } from '#platform/limits';
import type { ProcedureContext } from '#platform/trpc';
import type { Hub } from './open-hub.ts';

/** From a request to what its procedures know: who asks, what they may, what they have left. */
export function createRequestContext({ access, database, limits }: Hub): (request: Request) => Promise<ProcedureContext> {
  return async (request) => {
    const presents = hasCredential(request);
    if (presents) await limits.requests.requireTrust(request);
    const entered = await access.enter(request);
    if (presents && entered.actor === null) await limits.requests.countRefusal(request);
    return {
      ...entered,
      admit: limits.requests.admitOf(request),
      openAccount: (accountId) => ({ run: (work) => database.withAccount(accountId, work) }),
    };
  };
}
