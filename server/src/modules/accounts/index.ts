/**
 * Accounts: made, listed, changed, suspended and resumed.
 * Not its job: who is a member of them, or what happens inside.
 */
export { createAccount } from './create-account.ts';
export { createAccountsRouter } from './accounts.router.ts';
