import { type CreateInvitation, type MadeInvitation, peopleErrors } from '@whatpro/sdk/contract';
import { normalEmail } from '#modules/access';
import { actorImage, recordAudit } from '#modules/audit';
import { requireRoom } from '#modules/settings';
import { hashToken, randomToken } from '#platform/crypto';
import { AppError } from '#platform/trpc';
import { toInvitation, waiting } from './invitation.repository.ts';
import { lockAccount, type PeopleContext, requireMayGive } from './people-context.ts';

const LASTS_MS = 7 * 86_400_000;

/** A place in the account for whoever holds the link. An earlier link for the same e-mail ends. */
export async function createInvitation(context: PeopleContext, input: CreateInvitation): Promise<MadeInvitation> {
  const { tools } = context;
  requireMayGive(context.permissions, input.role);
  const email = normalEmail(input.email);
  const token = randomToken();
  const now = tools.access.clock.now();
  const invitation = await context.database.run(async (database) => {
    await lockAccount(database);
    if ((await database.member.count({ where: { user: { email } } })) > 0) throw new AppError(peopleErrors['already-member']);
    const earlier = await database.invitation.updateManyAndReturn({
      where: { email, ...waiting(now) },
      data: { revokedAt: now },
      select: { id: true },
    });
    await requireRoom(database, 'members');
    const row = await database.invitation.create({
      data: {
        email,
        role: input.role,
        tokenSha256: new Uint8Array(hashToken(token)),
        invitedBy: actorImage(context.actor),
        createdAt: now,
        expiresAt: new Date(now.getTime() + LASTS_MS),
      },
    });
    const made = toInvitation(row, now);
    await recordAudit(database, context, {
      action: 'invitation.created',
      subjectType: 'invitation',
      subjectId: made.id,
      after: { email, role: made.role, expiresAt: made.expiresAt, replaces: earlier.map(({ id }) => id) },
    });
    return made;
  });
  return { ...invitation, link: `${tools.publicUrl}/invitation#${token}` };
}
