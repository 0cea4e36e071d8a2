import { accountErrors, type Account, accountSchema } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError } from '#platform/trpc';

interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly timeZone: string;
  readonly status: string;
  readonly createdAt: Date;
}

export function toAccount({ id, name, locale, timeZone, status, createdAt }: AccountRow): Account {
  return accountSchema.parse({ id, name, locale, timeZone, status, createdAt: createdAt.toISOString() });
}

/** The account the transaction is bound to; its policy shows no other. */
export async function requireAccount(database: Pick<AccountDatabase, 'account'>): Promise<Account> {
  const row = await database.account.findFirst();
  if (row === null) throw new AppError(accountErrors['not-found']);
  return toAccount(row);
}
