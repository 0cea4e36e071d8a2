import { z } from 'zod';
import { accessErrors, accountErrors, accountIdSchema, type Permission } from '@whatpro/sdk/contract';
import { AppError } from './app-error.ts';
import type { AccountContext } from './context.ts';
import { t, translateAppErrors } from './trpc.ts';

export const router = t.router;
export const mergeRouters = t.mergeRouters;

const base = t.procedure.use(translateAppErrors);

/** Anyone may call it. */
export const publicProcedure = base.meta({ kind: 'public', scope: 'none' });

const withActor = base.use(async function requireSignIn({ ctx, next }) {
  if (ctx.actor === null) throw new AppError(accessErrors.unauthenticated);
  return next({ ctx: { actor: ctx.actor } });
});

const withPerson = withActor.use(async function requirePerson({ ctx, next }) {
  if (ctx.actor.kind !== 'user') throw new AppError(accessErrors.forbidden);
  return next({ ctx: { actor: ctx.actor } });
});

/** A signed-in person, acting on what is their own. Keys and tokens are nobody's own. */
export const signedInProcedure = withPerson.meta({ kind: 'signed-in', scope: 'user' });

/** Who runs the Hub, acting outside any one account. */
export const operatorProcedure = withPerson
  .use(async function requireOperator({ ctx, next }) {
    if (!ctx.actor.operator) throw new AppError(accessErrors.forbidden);
    return next();
  })
  .meta({ kind: 'operator', scope: 'hub' });

const inAccount = z.object({ accountId: accountIdSchema });

/**
 * A person, a key or a token acting in one account. The input gains `accountId`; the schemas added with `.input()` see everything but it,
 * so they can be strict. `ctx.accountContext` is the only way to the account's data.
 */
export function accountProcedure(permission: Permission) {
  return withActor
    .meta({ kind: 'account', scope: 'account', permission })
    .input(inAccount)
    .use(async function requireAccountPermission({ ctx, input, next }) {
      const allowed = await ctx.authorise(ctx.actor, input.accountId);
      if (allowed === null) throw new AppError(accountErrors['not-found']);
      if (!allowed.permissions.has(permission)) throw new AppError(accessErrors.forbidden);
      const accountContext: AccountContext = {
        account: { id: input.accountId },
        actor: ctx.actor,
        reach: allowed.reach,
        request: ctx.request,
        database: ctx.openAccount(input.accountId),
      };
      return next({ ctx: { accountContext, role: allowed.role, openAccount: undefined } });
    })
    .use(async function hideAccountId({ getRawInput, next }) {
      return next({ getRawInput: async () => withoutAccountId(await getRawInput()) });
    });
}

function withoutAccountId(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const { accountId: _, ...rest } = raw as Record<string, unknown>;
  return rest;
}
