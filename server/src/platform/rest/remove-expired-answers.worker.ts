import type { Database } from '#platform/database';

const PAGE = 500;

/** A key that is sent again before this ran is found expired and taken anew: this only keeps the table small. */
export function createRemoveExpiredAnswersHandler(database: Database, now: () => Date) {
  return async (): Promise<void> => {
    for (let after: string | null = null; ;) {
      const accounts: string[] = await database.system.lookUp('all_accounts', [after, PAGE], (row) => String(row.account_id));
      for (const accountId of accounts)
        await database.withAccount(accountId, (open) => open.idempotencyKey.deleteMany({ where: { expiresAt: { lte: now() } } }));
      after = accounts.at(-1) ?? null;
      if (accounts.length < PAGE) return;
    }
  };
}
