import { Secret } from '#platform/crypto';
import { randomBytes } from 'node:crypto';
import type { AccessContext } from './access-context.ts';
import { normalEmail } from './sign-in.ts';

const DEFAULT_EMAIL = 'operator@hub.local';

interface FirstOperator {
  readonly email?: string | undefined;
  readonly password?: Secret | undefined;
}

export type EnsuredOperator =
  | { readonly made: false }
  /** `password` only when it was made here: it is shown once and must be changed. */
  | { readonly made: true; readonly email: string; readonly password: Secret | null };

/**
 * Someone to sign in as, when there is no operator yet. Several processes may do this at once with the same settings:
 * the e-mail is unique, so one of them makes the user and only that one returns a password.
 */
export async function ensureFirstOperator(
  context: Pick<AccessContext, 'database' | 'passwords'>,
  { email, password }: FirstOperator,
): Promise<EnsuredOperator> {
  const known = await context.database.system.run((tables) => tables.hubUser.count({ where: { operator: true } }));
  if (known > 0) return { made: false };
  const address = normalEmail(email ?? DEFAULT_EMAIL);
  const chosen = password ?? new Secret(randomBytes(15).toString('base64url'));
  const hashed = await context.passwords.hashPassword(chosen.expose());
  if (!hashed.ok) throw new Error('the password of the first operator could not be hashed: too many are waiting');
  const { count } = await context.database.system.run((tables) =>
    tables.hubUser.createMany({
      data: { email: address, name: 'Operator', passwordHash: hashed.hash, operator: true, mustChangePassword: password === undefined },
      skipDuplicates: true,
    }),
  );
  if (count === 0) return { made: false };
  return { made: true, email: address, password: password === undefined ? chosen : null };
}
