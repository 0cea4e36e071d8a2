import {
  type AcceptedInvitation,
  acceptedInvitationSchema,
  type AcceptInvitation,
  accessErrors,
  peopleErrors,
  requestErrors,
} from '@whatpro/sdk/contract';
import { isGuessable, takeNetworkAttempt } from '#modules/access';
import { recordAudit } from '#modules/audit';
import { requireRoom } from '#modules/settings';
import { hashToken } from '#platform/crypto';
import type { AccountDatabase } from '#platform/database';
import { AppError, type Principal, type RequestFacts, type UserActor } from '#platform/trpc';
import { waiting } from './invitation.repository.ts';
import { lockAccount, type PeopleTools } from './people-context.ts';

type Invited = AcceptedInvitation & { readonly invitationId: string };
/** Who comes in: somebody who is there already, or a new person. */
type Joiner = { readonly actor: UserActor } | { readonly name: string; readonly passwordHash: string };

/**
 * Makes the holder of the token a member, once. An e-mail that has a user joins signed in as that user and not otherwise, so that
 * an invitation is no way into somebody's account. Unknown, used and ended tokens are not told apart.
 */
export async function acceptInvitation(
  { access }: Pick<PeopleTools, 'access'>,
  actor: Principal | null,
  input: AcceptInvitation,
  request: RequestFacts,
): Promise<AcceptedInvitation> {
  if (actor !== null && actor.kind !== 'user') throw new AppError(accessErrors.forbidden);
  const attempt = await takeNetworkAttempt(access, request);
  const invited = await findInvited(access, input.token);
  if (invited === null) throw new AppError(peopleErrors['invitation-invalid']);
  const known = await access.database.system.run((tables) =>
    tables.hubUser.findUnique({ where: { email: invited.email }, select: { id: true } }),
  );
  if (actor !== null && actor.userId !== known?.id) throw new AppError(peopleErrors['invitation-invalid']);
  if (actor === null && known !== null) throw new AppError(peopleErrors['sign-in-to-accept']);
  const joiner = actor === null ? await newPerson(access, invited, input) : { actor };

  await access.database.withAccount(invited.accountId, async (database) => {
    await lockAccount(database);
    const now = access.clock.now();
    const { count } = await database.invitation.updateMany({
      where: { id: invited.invitationId, ...waiting(now) },
      data: { acceptedAt: now },
    });
    if (count === 0) throw new AppError(peopleErrors['invitation-invalid']);
    await join(database, invited, joiner, request);
  });
  await attempt.giveBack();
  const { invitationId: _, ...accepted } = invited;
  return accepted;
}

async function findInvited({ database }: PeopleTools['access'], token: string): Promise<Invited | null> {
  const [found] = await database.system.lookUp('resolve_invitation', [hashToken(token)], (row) => ({
    invitationId: String(row['invitation_id']),
    ...acceptedInvitationSchema.parse({
      accountId: row['account_id'],
      accountName: row['account_name'],
      email: row['email'],
      role: row['role'],
    }),
  }));
  return found ?? null;
}

async function newPerson({ passwords }: PeopleTools['access'], { email }: Invited, { name, password }: AcceptInvitation): Promise<Joiner> {
  if (name === undefined || password === undefined) throw new AppError(peopleErrors['name-and-password']);
  if (isGuessable(password, [email, name])) throw new AppError(peopleErrors['weak-password']);
  const hashed = await passwords.hashPassword(password);
  if (!hashed.ok) throw new AppError(requestErrors['too-many'], { retryAfterSeconds: 2 });
  return { name, passwordHash: hashed.hash };
}

async function join(
  database: AccountDatabase,
  { email, role, invitationId }: Invited,
  joiner: Joiner,
  request: RequestFacts,
): Promise<void> {
  const actor = 'actor' in joiner ? joiner.actor : await addUser(database, email, joiner);
  const { userId } = actor;
  if ((await database.member.count({ where: { userId } })) > 0) throw new AppError(peopleErrors['already-member']);
  await requireRoom(database, 'members');
  const { id } = await database.member.create({ data: { userId, role }, select: { id: true } });
  await recordAudit(
    database,
    { actor, request },
    {
      action: 'invitation.accepted',
      subjectType: 'member',
      subjectId: id,
      after: { invitationId, userId, email, role },
    },
  );
}

/** Two invitations of one e-mail, to two accounts, may be accepted at once: one makes the user, the other signs in. */
async function addUser(
  database: AccountDatabase,
  email: string,
  { name, passwordHash }: { readonly name: string; readonly passwordHash: string },
): Promise<UserActor> {
  const [user] = await database.hubUser.createManyAndReturn({
    data: { email, name, passwordHash },
    skipDuplicates: true,
    select: { id: true },
  });
  if (user === undefined) throw new AppError(peopleErrors['sign-in-to-accept']);
  return { kind: 'user', userId: user.id, sessionId: '', operator: false, name };
}
