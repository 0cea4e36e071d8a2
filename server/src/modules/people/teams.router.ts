import { z } from 'zod';
import { idSchema, memberSchema, pageInput, pageOf, teamInboxSchema, teamInputSchema, teamSchema } from '@whatpro/sdk/contract';
import { accountProcedure, router } from '#platform/trpc';
import { createTeam } from './create-team.ts';
import { deleteTeam } from './delete-team.ts';
import { listMembers } from './member.repository.ts';
import { renameTeam } from './rename-team.ts';
import { setTeamInbox } from './set-team-inbox.ts';
import { setTeamMember } from './set-team-member.ts';
import { listTeamInboxes, listTeams, requireTeam, toTeam } from './team.repository.ts';

const byId = z.strictObject({ id: idSchema });
const page = byId.extend(pageInput);
const memberPlace = byId.extend({ memberId: idSchema });
const inboxPlace = byId.extend({ inboxId: idSchema });
const nothing = z.null();
const path = '/accounts/{accountId}/teams';
const tag = 'Teams';

export const createTeamsRouter = () =>
  router({
    list: accountProcedure('teams:read')
      .meta({ rest: { method: 'GET', path, summary: 'List teams', tag } })
      .input(z.strictObject(pageInput))
      .output(pageOf(teamSchema))
      .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listTeams(database, input))),
    get: accountProcedure('teams:read')
      .meta({ rest: { method: 'GET', path: `${path}/{id}`, summary: 'One team', tag } })
      .input(byId)
      .output(teamSchema)
      .query(({ ctx, input }) => ctx.accountContext.database.run(async (database) => toTeam(await requireTeam(database, input.id)))),
    create: accountProcedure('teams:write')
      .meta({ rest: { method: 'POST', path, status: 201, summary: 'Create a team', tag } })
      .input(teamInputSchema)
      .output(teamSchema)
      .mutation(({ ctx, input }) => createTeam(ctx.accountContext, input)),
    rename: accountProcedure('teams:write')
      .meta({ rest: { method: 'PATCH', path: `${path}/{id}`, summary: 'Rename a team', tag } })
      .input(teamInputSchema.extend(byId.shape))
      .output(teamSchema)
      .mutation(({ ctx, input }) => renameTeam(ctx.accountContext, input)),
    delete: accountProcedure('teams:write')
      .meta({
        rest: { method: 'DELETE', path: `${path}/{id}`, status: 204, summary: 'Delete a team; inboxes of no team are everybody’s', tag },
      })
      .input(byId)
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await deleteTeam(ctx.accountContext, input);
        return null;
      }),
    members: accountProcedure('teams:read')
      .meta({ rest: { method: 'GET', path: `${path}/{id}/members`, summary: 'Who is in a team', tag } })
      .input(page)
      .output(pageOf(memberSchema))
      .query(({ ctx, input: { id, ...input } }) =>
        ctx.accountContext.database.run(async (database) => listMembers(database, input, (await requireTeam(database, id)).id)),
      ),
    addMember: accountProcedure('teams:write')
      .meta({ rest: { method: 'PUT', path: `${path}/{id}/members/{memberId}`, status: 204, summary: 'Put a member into a team', tag } })
      .input(memberPlace)
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await setTeamMember(ctx.accountContext, { ...input, inTeam: true });
        return null;
      }),
    removeMember: accountProcedure('teams:write')
      .meta({
        rest: { method: 'DELETE', path: `${path}/{id}/members/{memberId}`, status: 204, summary: 'Take a member out of a team', tag },
      })
      .input(memberPlace)
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await setTeamMember(ctx.accountContext, { ...input, inTeam: false });
        return null;
      }),
    inboxes: accountProcedure('teams:read')
      .meta({ rest: { method: 'GET', path: `${path}/{id}/inboxes`, summary: 'The inboxes a team works in', tag } })
      .input(page)
      .output(pageOf(teamInboxSchema))
      .query(({ ctx, input: { id, ...input } }) =>
        ctx.accountContext.database.run(async (database) =>
          listTeamInboxes(database, ctx.accountContext.reach, (await requireTeam(database, id)).id, input),
        ),
      ),
    addInbox: accountProcedure('teams:write')
      .meta({ rest: { method: 'PUT', path: `${path}/{id}/inboxes/{inboxId}`, status: 204, summary: 'Give an inbox to a team', tag } })
      .input(inboxPlace)
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await setTeamInbox(ctx.accountContext, { ...input, inTeam: true });
        return null;
      }),
    removeInbox: accountProcedure('teams:write')
      .meta({
        rest: { method: 'DELETE', path: `${path}/{id}/inboxes/{inboxId}`, status: 204, summary: 'Take an inbox back from a team', tag },
      })
      .input(inboxPlace)
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await setTeamInbox(ctx.accountContext, { ...input, inTeam: false });
        return null;
      }),
  });
