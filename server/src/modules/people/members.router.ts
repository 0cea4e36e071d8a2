import { z } from 'zod';
import { changeMemberSchema, idSchema, memberSchema, pageInput, pageOf } from '@whatpro/sdk/contract';
import { accountProcedure, router } from '#platform/trpc';
import { changeMember } from './change-member.ts';
import { listMembers, requireMember, toMember } from './member.repository.ts';
import type { PeopleTools } from './people-context.ts';
import { removeMember } from './remove-member.ts';

const byId = z.strictObject({ id: idSchema });
const path = '/accounts/{accountId}/members';
const tag = 'Members';

export const createMembersRouter = (tools: PeopleTools) =>
  router({
    list: accountProcedure('members:read')
      .meta({ rest: { method: 'GET', path, summary: 'Who is in the account, and as what', tag } })
      .input(z.strictObject(pageInput))
      .output(pageOf(memberSchema))
      .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listMembers(database, input))),
    get: accountProcedure('members:read')
      .meta({ rest: { method: 'GET', path: `${path}/{id}`, summary: 'One member', tag } })
      .input(byId)
      .output(memberSchema)
      .query(({ ctx, input }) => ctx.accountContext.database.run(async (database) => toMember(await requireMember(database, input.id)))),
    change: accountProcedure('members:write')
      .meta({
        rest: { method: 'PATCH', path: `${path}/{id}`, summary: 'Another role, or the account closed and opened to them', tag },
      })
      .input(changeMemberSchema.extend(byId.shape))
      .output(memberSchema)
      .mutation(({ ctx, input }) => changeMember({ ...ctx.accountContext, tools, permissions: ctx.permissions }, input)),
    remove: accountProcedure('members:write')
      .meta({ rest: { method: 'DELETE', path: `${path}/{id}`, status: 204, summary: 'Take a member out of the account', tag } })
      .input(byId)
      .output(z.null())
      .mutation(async ({ ctx, input }) => {
        await removeMember({ ...ctx.accountContext, tools, permissions: ctx.permissions }, input);
        return null;
      }),
  });
