import { z } from 'zod';
import {
  accountIdSchema,
  accountPageSchema,
  accountSchema,
  changeAccountSchema,
  createAccountSchema,
  listAccountsSchema,
} from '@whatpro/sdk/contract';
import type { Database } from '#platform/database';
import { accountProcedure, operatorProcedure, router, signedInProcedure } from '#platform/trpc';
import { requireAccount } from './account.ts';
import { changeAccount } from './change-account.ts';
import { createAccount } from './create-account.ts';
import { listAccounts } from './list-accounts.ts';
import { suspendAccount } from './suspend-account.ts';

const tag = 'Accounts';
const byId = z.strictObject({ accountId: accountIdSchema });

interface AccountsDependencies {
  readonly database: Database;
}

export function createAccountsRouter({ database }: AccountsDependencies) {
  return router({
    list: signedInProcedure
      .meta({ rest: { method: 'GET', path: '/accounts', summary: 'The accounts the caller reaches', tag } })
      .input(listAccountsSchema)
      .output(accountPageSchema)
      .query(({ ctx, input }) => listAccounts(database, ctx.actor, input)),
    create: operatorProcedure
      .meta({ rest: { method: 'POST', path: '/accounts', status: 201, summary: 'Create an account', tag } })
      .input(createAccountSchema)
      .output(accountSchema)
      .mutation(({ ctx, input }) => createAccount(database, ctx, input)),
    get: accountProcedure('account:read')
      .meta({ rest: { method: 'GET', path: '/accounts/{accountId}', summary: 'One account', tag } })
      .output(accountSchema)
      .query(({ ctx }) => ctx.accountContext.database.run(requireAccount)),
    change: accountProcedure('account:write')
      .meta({ rest: { method: 'PATCH', path: '/accounts/{accountId}', summary: 'Change name, language or time zone', tag } })
      .input(changeAccountSchema)
      .output(accountSchema)
      .mutation(({ ctx, input }) => changeAccount(ctx.accountContext, input)),
    suspend: operatorProcedure
      .meta({ rest: { method: 'POST', path: '/accounts/{accountId}/suspend', summary: 'Stop carrying messages; everything is kept', tag } })
      .input(byId)
      .output(accountSchema)
      .mutation(({ ctx, input }) => suspendAccount(database, ctx, { accountId: input.accountId, status: 'suspended' })),
    resume: operatorProcedure
      .meta({ rest: { method: 'POST', path: '/accounts/{accountId}/resume', summary: 'Carry messages again', tag } })
      .input(byId)
      .output(accountSchema)
      .mutation(({ ctx, input }) => suspendAccount(database, ctx, { accountId: input.accountId, status: 'active' })),
  });
}
