import { auditPageSchema, listAuditSchema, listMemberSignInsSchema, memberSignInPageSchema } from '@whatpro/sdk/contract';
import type { Database } from '#platform/database';
import { accountProcedure, router } from '#platform/trpc';
import { listAudit } from './list-audit.ts';
import { listMemberSignIns } from './list-member-sign-ins.ts';

export function createAuditRouter(database: Pick<Database, 'system'>) {
  return router({
    list: accountProcedure('audit:read')
      .meta({
        rest: { method: 'GET', path: '/accounts/{accountId}/audit', summary: 'What was done in the account, newest first', tag: 'Audit' },
      })
      .input(listAuditSchema)
      .output(auditPageSchema)
      .query(({ ctx, input }) => ctx.accountContext.database.run((open) => listAudit(open, input))),
    memberSignIns: accountProcedure('audit:read')
      .meta({
        rest: { method: 'GET', path: '/accounts/{accountId}/sign-ins', summary: 'Sign-ins of the members, newest first', tag: 'Audit' },
      })
      .input(listMemberSignInsSchema)
      .output(memberSignInPageSchema)
      .query(({ ctx, input }) => listMemberSignIns(database, ctx.accountContext.account.id, input)),
  });
}
