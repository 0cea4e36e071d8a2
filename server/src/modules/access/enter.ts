import type { Request } from 'express';
import { requestFactsOf } from '#platform/edge';
import type { Authorise, ProcedureContext } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { authenticate, type Presented } from './authenticate.ts';
import { createLastUses } from './last-uses.ts';
import { createRefusals } from './refusals.ts';

type Entered = Pick<ProcedureContext, 'request' | 'actor' | 'authorise'> & Required<Pick<ProcedureContext, 'refused'>>;
export type Enter = (request: Request) => Promise<Entered>;

export function presentedOf(request: Request): Presented {
  const apiKey = request.headers['x-api-key'];
  return {
    authorization: request.headers.authorization,
    apiKey: Array.isArray(apiKey) ? apiKey.join() : apiKey,
    origin: request.headers.origin,
    ip: requestFactsOf(request).ip,
  };
}

/** From the headers of a request to what its procedures know of the caller. */
export function createEnter(context: AccessContext, authorise: Authorise): Enter {
  const noteUse = createLastUses(context);
  const refused = createRefusals(context);
  return async (request) => {
    const facts = requestFactsOf(request);
    const actor = await authenticate(context, presentedOf(request));
    if (actor?.kind === 'api-key') noteUse(actor);
    return { request: facts, actor, authorise, refused: (who, accountId, permission) => refused(who, accountId, permission, facts) };
  };
}
