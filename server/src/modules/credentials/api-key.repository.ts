import { type ApiKey, credentialErrors, type ListApiKeys, type Permission, PERMISSIONS } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError } from '#platform/trpc';

export type ApiKeyRow = Awaited<ReturnType<typeof requireApiKey>>;

export async function requireApiKey(database: Pick<AccountDatabase, 'apiKey'>, id: string) {
  const row = await database.apiKey.findFirst({ where: { id }, omit: { secretHash: true } });
  if (row === null) throw new AppError(credentialErrors['key-not-found']);
  return row;
}

/** Newest first. */
export async function listApiKeys(
  database: Pick<AccountDatabase, 'apiKey'>,
  { cursor, limit }: ListApiKeys,
  now: Date,
): Promise<{ items: ApiKey[]; nextCursor: string | null }> {
  const rows = await database.apiKey.findMany({
    where: cursor === undefined ? {} : { id: { lt: cursor } },
    orderBy: { id: 'desc' },
    take: limit + 1,
    omit: { secretHash: true },
  });
  const items = rows.slice(0, limit).map((row) => toApiKey(row, now));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export const isPermission = (text: string): text is Permission => PERMISSIONS.some((permission) => permission === text);

export const toApiKey = (row: ApiKeyRow, now: Date): ApiKey => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  scopes: row.scopes.filter(isPermission),
  perMinute: row.perMinute,
  createdBy: row.createdBy,
  state: stateOf(row, now),
  expiresAt: row.expiresAt.toISOString(),
  rotatedTo: row.rotatedTo,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});

function stateOf({ revokedAt, expiresAt, rotatedTo }: ApiKeyRow, now: Date): ApiKey['state'] {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt <= now) return 'expired';
  return rotatedTo === null ? 'active' : 'rotated';
}
