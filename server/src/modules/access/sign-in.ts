import { accessErrors, requestErrors, type SignIn } from '@whatpro/sdk/contract';
import { AppError, type RequestFacts } from '#platform/trpc';
import { type AccessContext, recordAccess } from './access-context.ts';
import { type Allowance, networkOf } from './attempt-limits.ts';
import { answerOf, openSession, type OpenedSession, toUser } from './open-session.ts';

const WINDOW_MS = 15 * 60_000;
const PER_EMAIL: Allowance = { attempts: 10, windowMs: WINDOW_MS, growingWait: { firstMs: 1_000, longestMs: WINDOW_MS } };
const PER_NETWORK: Allowance = { attempts: 30, windowMs: WINDOW_MS };

export const normalEmail = (email: string): string => email.trim().toLowerCase();

/** The same answer, after the same work, whether the user is unknown, disabled, or the password wrong (SECURITY.md IAM-18). */
export async function signIn(context: AccessContext, input: SignIn, facts: RequestFacts): Promise<OpenedSession> {
  const email = normalEmail(input.email);
  const perNetwork = await takeNetworkAttempt(context, facts);
  const perEmail = `sign-in:email:${email}`;
  await takeAttempt(context, perEmail, PER_EMAIL);

  const found = await context.database.system.run((tables) => tables.hubUser.findUnique({ where: { email } }));
  const verdict = await context.passwords.verifyPassword(input.password, found?.passwordHash ?? undefined);
  if (verdict === 'busy') throw new AppError(requestErrors['too-many'], { retryAfterSeconds: 2 });
  if (found === null || verdict === 'mismatch' || found.disabledAt !== null) {
    await context.database.system.run((tables) =>
      recordAccess(tables, facts, { action: 'access.sign-in-refused', userId: found?.id ?? null }),
    );
    throw new AppError(accessErrors['wrong-credentials']);
  }

  const passwordHash = await strongerHash(context, input.password, found.passwordHash ?? '');
  const grant = await context.database.system.run(async (tables) => {
    if (passwordHash !== null) await tables.hubUser.update({ where: { id: found.id }, data: { passwordHash }, select: { id: true } });
    await recordAccess(tables, facts, { action: 'access.signed-in', userId: found.id, name: found.name });
    return openSession(context, tables, found.id, facts);
  });
  await Promise.all([perNetwork.giveBack(), context.attempts.forget(perEmail)]);
  return answerOf(context, toUser(found), grant);
}

/** One try of whoever stands behind an address, at signing in or at a link: they share one limit. Given back when it was good. */
export async function takeNetworkAttempt(
  context: Pick<AccessContext, 'attempts'>,
  { ip }: Pick<RequestFacts, 'ip'>,
): Promise<{ giveBack(): Promise<void> }> {
  const key = `sign-in:network:${networkOf(ip)}`;
  await takeAttempt(context, key, PER_NETWORK);
  return { giveBack: () => context.attempts.giveBack(key) };
}

async function takeAttempt(context: Pick<AccessContext, 'attempts'>, key: string, allowance: Allowance): Promise<void> {
  const verdict = await context.attempts.take(key, allowance);
  if (!verdict.allowed) throw new AppError(accessErrors['too-many-attempts'], { retryAfterSeconds: verdict.retryAfterSeconds });
}

/** A new hash when the stored one was made with less work or another pepper; later when the Hub is busy. */
async function strongerHash(context: AccessContext, password: string, stored: string): Promise<string | null> {
  if (!context.passwords.needsRehash(stored)) return null;
  const made = await context.passwords.hashPassword(password);
  return made.ok ? made.hash : null;
}
