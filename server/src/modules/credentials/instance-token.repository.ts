import { credentialErrors, type InstanceTokenView, type ListInstanceTokens } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError } from '#platform/trpc';
import { isPermission } from './api-key.repository.ts';

type TokenRow = Awaited<ReturnType<typeof requireInstanceToken>>;

export async function requireInstanceToken(database: Pick<AccountDatabase, 'instanceToken'>, id: string) {
  const row = await database.instanceToken.findFirst({ where: { id } });
  if (row === null) throw new AppError(credentialErrors['token-not-found']);
  return row;
}

/** Newest first. */
export async function listInstanceTokens(
  database: Pick<AccountDatabase, 'instanceToken'>,
  { cursor, limit }: ListInstanceTokens,
  now: Date,
): Promise<{ items: InstanceTokenView[]; nextCursor: string | null }> {
  const rows = await database.instanceToken.findMany({
    where: cursor === undefined ? {} : { id: { lt: cursor } },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => toInstanceToken(row, now));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export const toInstanceToken = (row: TokenRow, now: Date): InstanceTokenView => ({
  id: row.id,
  instanceId: row.instanceId,
  origin: row.origin,
  scopes: row.scopes.filter(isPermission),
  issuedTo: row.issuedTo,
  state: row.revokedAt !== null ? 'revoked' : row.expiresAt <= now ? 'expired' : 'active',
  expiresAt: row.expiresAt.toISOString(),
  createdAt: row.createdAt.toISOString(),
});
