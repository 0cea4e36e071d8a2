import { z } from 'zod';
import { accessErrors, accountIdSchema, type Permission } from '@whatpro/sdk/contract';
import { AppError } from './app-error.ts';
import type { AccountContext, Grant } from './context.ts';
import { letIn, visiting } from './let-in.ts';
import { t, translateAppErrors } from './trpc.ts';
import { whileAllowed } from './while-allowed.ts';

export const router = t.router;
export const mergeRouters = t.mergeRouters;

const base = t.procedure.use(translateAppErrors);

/** Anyone may call it. */
export const publicProcedure = base.meta({ kind: 'public', scope: 'none' });

const withActor = base.use(async function requireSignIn({ ctx, next, meta }) {
  if (ctx.actor === null) throw new AppError(accessErrors.unauthenticated);
  await ctx.admit?.(ctx.actor, meta?.cost ?? 1);
  return next({ ctx: { actor: ctx.actor } });
});

const withPerson = withActor.use(async function requirePerson({ ctx, next }) {
  if (ctx.actor.kind === 'instance-token') throw new AppError(accessErrors.unauthenticated);
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

/** Together with the age of what `authorise` remembers, a right that is gone ends its streams within five seconds. */
const RECHECK_EVERY_MS = 1_500;

const inAccount = z.object({ accountId: accountIdSchema });

/**
 * A person, a key or a token acting in one account. The input gains `accountId`; the schemas added with `.input()` see everything but it,
 * so they can be strict. `ctx.accountContext` is the only way to the account's data. A subscription ends when the right to it does.
 */
export function accountProcedure(permission: Permission) {
  return withActor
    .meta({ kind: 'account', scope: 'account', permission })
    .input(inAccount)
    .use(async function requireAccountPermission({ ctx, input, next, type, meta }) {
      const { actor } = ctx;
      const allow = (): Promise<Grant> => letIn(ctx, actor, input.accountId, permission);
      let grant = await allow();
      await ctx.admit?.(actor, meta?.cost ?? 1, input.accountId);
      const accountContext: AccountContext = {
        account: { id: input.accountId },
        actor: visiting(actor, grant),
        get reach() {
          return grant.reach;
        },
        request: ctx.request,
        database: ctx.openAccount(input.accountId),
      };
      const result = await next({ ctx: { accountContext, role: grant.role, permissions: grant.permissions, openAccount: undefined } });
      if (type !== 'subscription' || !result.ok) return result;
      const check = async (): Promise<void> => void (grant = await allow());
      return { ...result, data: whileAllowed(result.data as AsyncIterable<unknown>, check, RECHECK_EVERY_MS) };
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
