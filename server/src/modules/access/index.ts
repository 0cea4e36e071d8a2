/**
 * Who people are and what they may: signing in, sessions and their tokens, roles and permissions.
 * Not its job: what an account is, or what is done in it.
 */
export { createAccessRouter } from './access.router.ts';
export type { AccessContext } from './access-context.ts';
export { REFRESH_COOKIE } from './access-routes.ts';
export { type Allowance, type AttemptStore, createMemoryAttemptStore, networkOf, type Verdict } from './attempt-limits.ts';
export { type Access, createAccess } from './create-access.ts';
export { ensureFirstOperator, type EnsuredOperator } from './ensure-first-operator.ts';
export { permissionsOfRole } from './permissions-of-role.ts';
