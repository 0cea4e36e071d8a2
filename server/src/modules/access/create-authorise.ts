import type { Authorise, Grant } from '#platform/trpc';
import { type AccessContext, grantKey } from './access-context.ts';
import { actorOfSession } from './authenticate.ts';
import { authoriseKey } from './authorise-key.ts';
import { authoriseToken } from './authorise-token.ts';
import { grantOfPerson } from './grant-of-person.ts';

/** Whether the session lives and what its person may do there: both read from the database, a few seconds old at most. */
export function createAuthorise(context: AccessContext): Authorise {
  return async (actor, accountId) => {
    const rightsOf = (userId: string, account: string) => rightsOfPerson(context, userId, account);
    if (actor.kind === 'api-key') return authoriseKey(context, actor, accountId, rightsOf);
    if (actor.kind === 'instance-token') return authoriseToken(context, actor, accountId, rightsOf);
    if ((await actorOfSession(context, actor.sessionId)) === null) return null;
    return rightsOfPerson(context, actor.userId, accountId);
  };
}

/** What a person may do in an account now, signed in or not. Null: the account does not exist for them. */
export function rightsOfPerson(
  context: Pick<AccessContext, 'database' | 'clock' | 'grants'>,
  userId: string,
  accountId: string,
): Promise<Grant | null> {
  return context.grants.get(grantKey(userId, accountId), () => grantOfPerson(context, userId, accountId));
}
