import { z } from 'zod';
import { accessErrors, credentialErrors, type Permission } from '@whatpro/sdk/contract';
import type { AccessContext } from '#modules/access';
import { type AccountContext, AppError } from '#platform/trpc';

/** What the verbs of this room work with. */
export interface CredentialsContext extends AccountContext {
  readonly access: Pick<AccessContext, 'clock' | 'passwords' | 'revocations' | 'signingKeys' | 'issuer'>;
  /** Of the caller, in this account, now. */
  readonly permissions: ReadonlySet<Permission>;
}

/** Keys and tokens are made by people: whoever made one is whose rights it may not exceed. */
export function requirePerson({ actor }: Pick<AccountContext, 'actor'>): string {
  if (actor.kind !== 'user') throw new AppError(accessErrors.forbidden);
  return actor.userId;
}

/** Nobody gives away what they may not do themselves. The refusal names each scope that is missing. */
export function requireScopes(scopes: readonly Permission[], permissions: ReadonlySet<Permission>): void {
  const issues = scopes.flatMap((scope, index) =>
    permissions.has(scope)
      ? []
      : [{ code: 'custom' as const, path: ['scopes', index], message: `You may not do ${scope}.`, input: undefined }],
  );
  if (issues.length > 0) throw new AppError(credentialErrors['beyond-your-rights'], { cause: new z.ZodError(issues) });
}
