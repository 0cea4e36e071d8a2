import { accessErrors, type ChangePassword, requestErrors } from '@whatpro/sdk/contract';
import { AppError, type RequestFacts, type UserActor } from '#platform/trpc';
import { type AccessContext, recordAccess } from './access-context.ts';
import { isGuessable } from './guessable-password.ts';

/** Ends every other session of the user. */
export async function changePassword(
  context: AccessContext,
  actor: UserActor,
  { currentPassword, newPassword }: ChangePassword,
  facts: RequestFacts,
): Promise<void> {
  const attempts = `password:${actor.userId}`;
  const verdict = await context.attempts.take(attempts, { attempts: 10, windowMs: 15 * 60_000 });
  if (!verdict.allowed) throw new AppError(accessErrors['too-many-attempts'], { retryAfterSeconds: verdict.retryAfterSeconds });

  const user = await context.database.system.run((tables) => tables.hubUser.findUnique({ where: { id: actor.userId } }));
  if (user === null) throw new AppError(accessErrors.unauthenticated);
  const matched = await context.passwords.verifyPassword(currentPassword, user.passwordHash ?? undefined);
  if (matched === 'busy') throw new AppError(requestErrors['too-many'], { retryAfterSeconds: 2 });
  if (matched === 'mismatch') throw new AppError(accessErrors['wrong-password']);
  if (newPassword === currentPassword || isGuessable(newPassword, [user.email, user.name]))
    throw new AppError(accessErrors['weak-password']);
  const made = await context.passwords.hashPassword(newPassword);
  if (!made.ok) throw new AppError(requestErrors['too-many'], { retryAfterSeconds: 2 });

  const ended = await context.database.system.run(async (tables) => {
    // The old hash in the condition: of two changes at once, one is refused.
    const { count } = await tables.hubUser.updateMany({
      where: { id: user.id, passwordHash: user.passwordHash },
      data: { passwordHash: made.hash, mustChangePassword: false },
    });
    if (count === 0) throw new AppError(accessErrors['wrong-password']);
    const others = { userId: user.id, id: { not: actor.sessionId } };
    const sessions = await tables.session.findMany({ where: others, select: { id: true } });
    await tables.session.deleteMany({ where: others });
    await recordAccess(tables, facts, {
      action: 'access.password-changed',
      userId: user.id,
      name: user.name,
      detail: { endedSessions: sessions.length },
    });
    return sessions;
  });
  for (const { id } of ended) context.sessions.drop(id);
  await context.attempts.forget(attempts);
}
