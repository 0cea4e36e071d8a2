/** What may differ from the rule, each for a reason. A table or function is added here in the same change as its migration. */
export interface Allowances {
  /** The table of accounts itself: its policy is on `id`. */
  readonly accountTable: string;
  /** Tables no account owns. */
  readonly globalTables: readonly string[];
  /** Unique indexes without `account_id`; their values must be random, or they tell that another account has the same. */
  readonly globalUniqueIndexes: readonly string[];
  /** SECURITY DEFINER functions: look-ups made before the account is known. Also the list `system.lookUp` accepts. */
  readonly lookups: readonly string[];
}

export const allowances = {
  accountTable: 'account',
  globalTables: [
    'hub_user', // a person may be a member of several accounts
    'session', // of a person
    'signing_key', // of the Hub
    'operator_audit', // what happens outside any account
    '_prisma_migrations', // which migrations were applied
  ],
  globalUniqueIndexes: [],
  lookups: [
    'resolve_webhook',
    'resolve_invitation',
    'resolve_api_key',
    'origin_is_known',
    'member_sign_ins',
    'accounts_of_user',
    'all_accounts',
    'due_lanes',
  ],
} as const satisfies Allowances;

export type Lookup = (typeof allowances.lookups)[number];
