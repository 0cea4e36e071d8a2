import type { Permission, Role } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';

/** Who acts. Comes from a credential, never from input. */
export type Actor = Principal | { readonly kind: 'system'; readonly name: string };

/** Who a request may speak for. A person reaches their accounts; a key and a token belong to one account each. */
export type Principal = UserActor | KeyActor | TokenActor;

/** The support visit of the operator who acts in an account, themselves or by a key they made; absent for everyone else. */
interface OnVisit {
  readonly visitId?: string;
}

export interface UserActor extends OnVisit {
  readonly kind: 'user';
  readonly userId: string;
  readonly sessionId: string;
  readonly operator: boolean;
  readonly name: string;
}

export interface KeyActor extends OnVisit {
  readonly kind: 'api-key';
  readonly apiKeyId: string;
  /** The part of the key that finds it; not secret. */
  readonly publicId: string;
  readonly accountId: string;
  readonly name: string;
  /** Whose rights the key may not exceed; looked at again at each use. */
  readonly createdBy: string;
  readonly scopes: ReadonlySet<Permission>;
  readonly perMinute: number;
}

export interface TokenActor extends OnVisit {
  readonly kind: 'instance-token';
  readonly tokenId: string;
  readonly accountId: string;
  /** Null: the whole account, within its scopes. */
  readonly instanceId: string | null;
  readonly origin: string | null;
  /** `user:<id>`: whose rights it may not exceed; looked at again at each use. */
  readonly issuedTo: string;
  readonly name: string;
  readonly scopes: ReadonlySet<Permission>;
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
  /** In a stream it follows the actor's rights; read it anew for each event. */
  readonly reach: Reach;
  readonly request: RequestFacts;
  readonly database: { run<T>(work: (database: AccountDatabase) => Promise<T>): Promise<T> };
}

/** Which of the account's things an actor sees at all: their teams' inboxes, a token's instance. What is out of reach is not found. */
export interface Reach {
  readonly inboxes: 'all' | ReadonlySet<string>;
  readonly instances: 'all' | ReadonlySet<string>;
}

export const wholeAccount: Reach = { inboxes: 'all', instances: 'all' };

export interface Grant {
  /** Of a person; null for keys and tokens. */
  readonly role: Role | null;
  readonly permissions: ReadonlySet<Permission>;
  readonly reach: Reach;
  /** The open support visit it rests on. */
  readonly visitId?: string;
}

/** Decides what an actor may do in an account. Null: the account does not exist for them. */
export type Authorise = (actor: Principal, accountId: string) => Promise<Grant | null>;

/**
 * Counts one operation, each item of a batch on its own: first for who asks, then, once they may, for the account. Throws
 * `request/too-many` when their time is used up.
 */
export type Admit = (actor: Principal, cost: number, accountId?: string) => Promise<void>;

/** What the HTTP edge hands to every procedure. */
export interface ProcedureContext {
  readonly request: RequestFacts;
  /** Null without a valid credential. */
  readonly actor: Principal | null;
  readonly authorise: Authorise;
  /** Absent: nothing is limited. */
  readonly admit?: Admit;
  /** Told when somebody lacks the permission for what they asked. */
  readonly refused?: (actor: Principal, accountId: string, permission: Permission) => Promise<void>;
  /** The door into one account; used after `authorise` only. */
  readonly openAccount: (accountId: string) => AccountContext['database'];
}
