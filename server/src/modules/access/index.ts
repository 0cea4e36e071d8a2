/**
 * Who people are and what they may: signing in, sessions and their tokens, roles and permissions.
 * Not its job: what an account is, or what is done in it.
 */
export { createAccessRouter } from './access.router.ts';
export { makeApiKey } from './api-key-format.ts';
export { type AccessContext, grantKey, sessionKeyAt } from './access-context.ts';
export { REFRESH_COOKIE } from './access-routes.ts';
export { type Allowance, type AttemptStore, createMemoryAttemptStore, networkOf, type Verdict } from './attempt-limits.ts';
export { type Access, createAccess } from './create-access.ts';
export { ensureFirstOperator, type EnsuredOperator } from './ensure-first-operator.ts';
export type { Enter } from './enter.ts';
export { INSTANCE_TOKEN_MAX_SECONDS, signInstanceToken } from './instance-token.ts';
export { isGuessable } from './guessable-password.ts';
export { narrowPermissions } from './narrow-permissions.ts';
export { permissionsOfRole } from './permissions-of-role.ts';
export { createSharedAttemptStore } from './shared-attempts.ts';
export { rotateSigningKeys, signingKeyAt } from './rotate-signing-keys.ts';
export { normalEmail, takeNetworkAttempt } from './sign-in.ts';
