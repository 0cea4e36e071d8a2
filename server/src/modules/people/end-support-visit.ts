import { peopleErrors } from '@whatpro/sdk/contract';
import { grantKey } from '#modules/access';
import { recordAudit } from '#modules/audit';
import { type AccountContext, AppError } from '#platform/trpc';
import type { PeopleTools } from './people-context.ts';
import { open } from './support-visit.repository.ts';

/** Before its time: by the operator, or by the account when it has had enough. */
export async function endSupportVisit(
  context: AccountContext & { readonly tools: Pick<PeopleTools, 'access'> },
  { id }: { readonly id: string },
): Promise<void> {
  const { access } = context.tools;
  const userId = await context.database.run(async (database) => {
    const now = access.clock.now();
    const [row] = await database.supportVisit.updateManyAndReturn({
      where: { id, ...open(now) },
      data: { endedAt: now },
      select: { userId: true, expiresAt: true },
    });
    if (row === undefined) throw new AppError(peopleErrors['visit-not-found']);
    await recordAudit(database, context, {
      action: 'support-visit.ended',
      subjectType: 'support-visit',
      subjectId: id,
      before: { expiresAt: row.expiresAt },
      after: { endedAt: now },
    });
    return row.userId;
  });
  access.grants.drop(grantKey(userId, context.account.id));
}
