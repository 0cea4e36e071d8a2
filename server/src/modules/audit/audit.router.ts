import { auditPageSchema, listAuditSchema } from '@whatpro/sdk/contract';
import { accountProcedure, router } from '#platform/trpc';
import { listAudit } from './list-audit.ts';

export const auditRouter = router({
  list: accountProcedure('audit:read')
    .meta({
      rest: { method: 'GET', path: '/accounts/{accountId}/audit', summary: 'What was done in the account, newest first', tag: 'Audit' },
    })
    .input(listAuditSchema)
    .output(auditPageSchema)
    .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listAudit(database, input))),
});
