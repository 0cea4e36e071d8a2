import { z } from 'zod';
import {
  acceptedInvitationSchema,
  acceptInvitationSchema,
  createInvitationSchema,
  idSchema,
  invitationSchema,
  madeInvitationSchema,
  pageInput,
  pageOf,
} from '@whatpro/sdk/contract';
import { accountProcedure, publicProcedure, router } from '#platform/trpc';
import { acceptInvitation } from './accept-invitation.ts';
import { createInvitation } from './create-invitation.ts';
import { listInvitations } from './invitation.repository.ts';
import type { PeopleTools } from './people-context.ts';
import { revokeInvitation } from './revoke-invitation.ts';

const path = '/accounts/{accountId}/invitations';
const tag = 'Invitations';

export const createInvitationsRouter = (tools: PeopleTools) =>
  router({
    list: accountProcedure('members:read')
      .meta({ rest: { method: 'GET', path, summary: 'Invitations, newest first', tag } })
      .input(z.strictObject(pageInput))
      .output(pageOf(invitationSchema))
      .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listInvitations(database, input, tools.access.clock.now()))),
    create: accountProcedure('members:write')
      .meta({ rest: { method: 'POST', path, status: 201, summary: 'Invite somebody. The link is shown this once', tag } })
      .input(createInvitationSchema)
      .output(madeInvitationSchema)
      .mutation(({ ctx, input }) => createInvitation({ ...ctx.accountContext, tools, permissions: ctx.permissions }, input)),
    revoke: accountProcedure('members:write')
      .meta({ rest: { method: 'DELETE', path: `${path}/{id}`, status: 204, summary: 'The link stops working', tag } })
      .input(z.strictObject({ id: idSchema }))
      .output(z.null())
      .mutation(async ({ ctx, input }) => {
        await revokeInvitation({ ...ctx.accountContext, tools, permissions: ctx.permissions }, input);
        return null;
      }),
    accept: publicProcedure
      .meta({
        rest: {
          method: 'POST',
          path: '/invitations/accept',
          summary: 'Join an account: as a new person, or signed in as the one who was invited',
          tag,
        },
      })
      .input(acceptInvitationSchema)
      .output(acceptedInvitationSchema)
      .mutation(({ ctx, input }) => acceptInvitation(tools, ctx.actor, input, ctx.request)),
  });
