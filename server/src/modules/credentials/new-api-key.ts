import { type Permission, requestErrors } from '@whatpro/sdk/contract';
import { makeApiKey } from '#modules/access';
import type { Secret } from '#platform/crypto';
import type { AccountDatabase } from '#platform/database';
import { newId } from '#platform/ids';
import { AppError } from '#platform/trpc';
import type { ApiKeyRow } from './api-key.repository.ts';
import type { CredentialsContext } from './credentials-context.ts';

/** A key that is hashed and not stored yet: hashing is slow and has no place in a transaction. */
export interface NewApiKey {
  readonly id: string;
  readonly key: Secret;
  store(database: AccountDatabase, details: ApiKeyDetails): Promise<ApiKeyRow>;
}

interface ApiKeyDetails {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly createdBy: string;
  readonly perMinute: number;
  readonly expiresAt: Date;
}

export async function newApiKey({ access, account }: Pick<CredentialsContext, 'access' | 'account'>): Promise<NewApiKey> {
  const { publicId, secret, key, hint } = makeApiKey();
  const hashed = await access.passwords.hashPassword(secret.expose());
  if (!hashed.ok) throw new AppError(requestErrors['too-many'], { retryAfterSeconds: 2 });
  const id = newId();
  const createdAt = access.clock.now();
  return {
    id,
    key,
    store: (database, { scopes, ...details }) =>
      database.apiKey.create({
        data: { id, accountId: account.id, ...details, scopes: [...scopes], publicId, secretHash: hashed.hash, hint, createdAt },
        omit: { secretHash: true },
      }),
  };
}
