import { type MemberRole, type Permission, peopleErrors } from '@whatpro/sdk/contract';
import { type AccessContext, permissionsOfRole } from '#modules/access';
import type { AccountDatabase } from '#platform/database';
import { type AccountContext, type Actor, AppError } from '#platform/trpc';

export interface PeopleTools {
  readonly access: AccessContext;
  /** Of the Hub, without a trailing slash: what invitations point to. */
  readonly publicUrl: string;
}

/** What the verbs on members and invitations are called with. */
export type PeopleContext = AccountContext & {
  readonly tools: PeopleTools;
  /** What the caller may do here: nobody gives more. */
  readonly permissions: ReadonlySet<Permission>;
};

/** One change of an account's people at a time. Rows that refer to the account can still be written meanwhile. */
export async function lockAccount(database: AccountDatabase): Promise<void> {
  await database.$queryRaw`SELECT id FROM app.account FOR NO KEY UPDATE`;
}

/** An admin and an operator may do all that a role may; a key with few scopes may not. */
export function requireMayGive(permissions: ReadonlySet<Permission>, role: MemberRole): void {
  for (const permission of permissionsOfRole(role)) if (!permissions.has(permission)) throw new AppError(peopleErrors['role-too-high']);
}

/** The person behind an actor: themselves, or whoever made the key or asked for the token. */
export function personOf(actor: Actor): string | null {
  switch (actor.kind) {
    case 'user':
      return actor.userId;
    case 'api-key':
      return actor.createdBy;
    case 'instance-token':
      return /^user:(.+)$/.exec(actor.issuedTo)?.[1] ?? null;
    case 'system':
      return null;
  }
}
