import { z } from 'zod';
import { accountIdSchema, idSchema, openSupportVisitSchema, pageInput, pageOf, supportVisitSchema } from '@whatpro/sdk/contract';
import { accountProcedure, operatorProcedure, router } from '#platform/trpc';
import { endSupportVisit } from './end-support-visit.ts';
import { openSupportVisit } from './open-support-visit.ts';
import type { PeopleTools } from './people-context.ts';
import { listSupportVisits } from './support-visit.repository.ts';

const path = '/accounts/{accountId}/support-visits';
const tag = 'Support visits';

export const createSupportVisitsRouter = (tools: PeopleTools) =>
  router({
    open: operatorProcedure
      .meta({ rest: { method: 'POST', path, status: 201, summary: 'Enter an account for support; the account sees it', tag } })
      .input(openSupportVisitSchema.extend({ accountId: accountIdSchema }))
      .output(supportVisitSchema)
      .mutation(({ ctx, input }) => openSupportVisit(tools, ctx, input)),
    list: accountProcedure('audit:read')
      .meta({ rest: { method: 'GET', path, summary: 'Which operators were here, and why; newest first', tag } })
      .input(z.strictObject(pageInput))
      .output(pageOf(supportVisitSchema))
      .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listSupportVisits(database, input))),
    end: accountProcedure('members:write')
      .meta({ rest: { method: 'DELETE', path: `${path}/{id}`, status: 204, summary: 'End a support visit before its time', tag } })
      .input(z.strictObject({ id: idSchema }))
      .output(z.null())
      .mutation(async ({ ctx, input }) => {
        await endSupportVisit({ ...ctx.accountContext, tools }, input);
        return null;
      }),
  });
