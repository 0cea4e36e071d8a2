import { accountErrors, type OpenSupportVisit, peopleErrors, type SupportVisit } from '@whatpro/sdk/contract';
import { grantKey } from '#modules/access';
import { recordAudit } from '#modules/audit';
import { AppError, type RequestFacts, type UserActor } from '#platform/trpc';
import { lockAccount, type PeopleTools } from './people-context.ts';
import { open, toVisit, withOperator } from './support-visit.repository.ts';

interface Operator {
  readonly actor: UserActor;
  readonly request: RequestFacts;
}

/** Lets an operator into an account for a while. The account sees who, why and until when, and what they did. */
export async function openSupportVisit(
  { access }: Pick<PeopleTools, 'access'>,
  { actor, request }: Operator,
  { accountId, reason, minutes }: OpenSupportVisit & { readonly accountId: string },
): Promise<SupportVisit> {
  const visit = await access.database.withAccount(accountId, async (database) => {
    if ((await database.account.count()) === 0) throw new AppError(accountErrors['not-found']);
    await lockAccount(database);
    const now = access.clock.now();
    if ((await database.supportVisit.count({ where: { userId: actor.userId, ...open(now) } })) > 0)
      throw new AppError(peopleErrors['visit-open']);
    const row = await database.supportVisit.create({
      data: { userId: actor.userId, reason, startedAt: now, expiresAt: new Date(now.getTime() + minutes * 60_000) },
      include: withOperator,
    });
    const made = toVisit(row);
    await recordAudit(
      database,
      { actor: { ...actor, visitId: made.id }, request },
      { action: 'support-visit.opened', subjectType: 'support-visit', subjectId: made.id, after: { reason, expiresAt: made.expiresAt } },
    );
    return made;
  });
  access.grants.drop(grantKey(actor.userId, accountId));
  return visit;
}
