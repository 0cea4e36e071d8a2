import { peopleErrors } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { AppError } from '#platform/trpc';
import { waiting } from './invitation.repository.ts';
import type { PeopleContext } from './people-context.ts';

/** The link stops working. One that was accepted, or has ended, is left as it is. */
export async function revokeInvitation(context: PeopleContext, { id }: { readonly id: string }): Promise<void> {
  const now = context.tools.access.clock.now();
  await context.database.run(async (database) => {
    const [row] = await database.invitation.updateManyAndReturn({
      where: { id, ...waiting(now) },
      data: { revokedAt: now },
      select: { email: true, role: true },
    });
    if (row === undefined) throw new AppError(peopleErrors['invitation-not-found']);
    await recordAudit(database, context, { action: 'invitation.revoked', subjectType: 'invitation', subjectId: id, before: row });
  });
}
