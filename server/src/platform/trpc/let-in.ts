import { accessErrors, accountErrors, accountIdSchema, type Permission, requestErrors } from '@whatpro/sdk/contract';
import { AppError } from './app-error.ts';
import type { AccountContext, Grant, Principal, ProcedureContext } from './context.ts';

interface Door {
  readonly authorise: ProcedureContext['authorise'];
  readonly refused?: ProcedureContext['refused'] | undefined;
}

/** The one answer to whether somebody may. An account that is not theirs is as one that does not exist. */
export async function letIn(door: Door, actor: Principal, accountId: string, permission: Permission): Promise<Grant> {
  const grant = await door.authorise(actor, accountId);
  if (grant === null) throw new AppError(accountErrors['not-found']);
  if (!grant.permissions.has(permission)) {
    await door.refused?.(actor, accountId, permission);
    throw new AppError(accessErrors.forbidden);
  }
  return grant;
}

/** For what cannot be a procedure, such as a file: the account as `accountProcedure` would give it. `cost` counts as for a procedure. */
export async function accountIn(context: ProcedureContext, accountId: string, permission: Permission, cost = 1): Promise<AccountContext> {
  const { actor } = context;
  if (actor === null) throw new AppError(accessErrors.unauthenticated);
  await context.admit?.(actor, cost);
  const id = accountIdSchema.safeParse(accountId);
  if (!id.success) throw new AppError(requestErrors.invalid, { cause: id.error });
  const grant = await letIn(context, actor, id.data, permission);
  await context.admit?.(actor, cost, id.data);
  return {
    account: { id: id.data },
    actor: visiting(actor, grant),
    reach: grant.reach,
    request: context.request,
    database: context.openAccount(id.data),
  };
}

/** An operator inside an account for support is marked as such in all they do. */
export const visiting = (actor: Principal, { visitId }: Grant): Principal => (visitId === undefined ? actor : { ...actor, visitId });
