import { randomBytes } from 'node:crypto';
import type { Account, CreateAccount } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import type { Database } from '#platform/database';
import type { Actor, RequestFacts } from '#platform/trpc';
import { toAccount } from './account.ts';

interface Caller {
  readonly actor: Actor;
  readonly request: RequestFacts;
}

/** The id is made here: the row can only be inserted under a policy that already names it. */
export async function createAccount(database: Pick<Database, 'withAccount'>, caller: Caller, input: CreateAccount): Promise<Account> {
  const id = newAccountId(Date.now());
  return database.withAccount(id, async (transaction) => {
    const { name, locale, timeZone } = input;
    const row = await transaction.account.create({
      data: { id, name, ...(locale === undefined ? {} : { locale }), ...(timeZone === undefined ? {} : { timeZone }) },
    });
    const account = toAccount(row);
    await recordAudit(transaction, caller, { action: 'account.created', subjectType: 'account', subjectId: id, after: account });
    return account;
  });
}

/** UUID version 7: the time first, so that accounts list in the order they were made. */
function newAccountId(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
