import { type AccountSummary, accountSummarySchema, type ListAccounts } from '@whatpro/sdk/contract';
import type { Database } from '#platform/database';
import type { UserActor } from '#platform/trpc';

/** Operators see every account, everyone else the ones they are a member of; in the order of ids. */
export async function listAccounts(
  database: Pick<Database, 'system'>,
  actor: UserActor,
  { cursor, limit }: ListAccounts,
): Promise<{ items: AccountSummary[]; nextCursor: string | null }> {
  const own = await database.system.lookUp('accounts_of_user', [actor.userId], (row) => toSummary(row, true));
  const ownIds = new Set(own.map(({ id }) => id));
  const found = actor.operator
    ? await database.system.lookUp('all_accounts', [cursor ?? null, limit + 1], (row) =>
        toSummary(row, ownIds.has(String(row['account_id']))),
      )
    : own.filter(({ id }) => cursor === undefined || id > cursor).sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const toSummary = (row: Record<string, unknown>, member: boolean): AccountSummary =>
  accountSummarySchema.parse({ id: row['account_id'], name: row['name'], status: row['status'], member });
