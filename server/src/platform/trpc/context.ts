import type { Permission, Role } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';

/** Who acts. Comes from a credential, never from input. */
export type Actor = UserActor | { readonly kind: 'system'; readonly name: string };

export interface UserActor {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  readonly operator: boolean;
  readonly name: string;
}

/** What is known of every request before anything is decided. */
export interface RequestFacts {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string | null;
}

/**
 * What an account's verb works with. `database.run` is one transaction bound to the account; there is no other way in.
 * No HTTP inside it.
 */
export interface AccountContext {
  readonly account: { readonly id: string };
  readonly actor: Actor;
  readonly request: RequestFacts;
  readonly database: { run<T>(work: (database: AccountDatabase) => Promise<T>): Promise<T> };
}

/** Decides what an actor may do in an account. Null: the account does not exist for them. */
export type Authorise = (
  actor: Actor,
  accountId: string,
) => Promise<{ readonly role: Role; readonly permissions: ReadonlySet<Permission> } | null>;

/** What the HTTP edge hands to every procedure. */
export interface ProcedureContext {
  readonly request: RequestFacts;
  /** Null without a valid credential. */
  readonly actor: UserActor | null;
  readonly authorise: Authorise;
  /** The door into one account; used after `authorise` only. */
  readonly openAccount: (accountId: string) => AccountContext['database'];
}
