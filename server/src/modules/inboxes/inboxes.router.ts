import { z } from 'zod';
import { accountProcedure, router } from '#platform/trpc';
import type { AccountContext } from '#platform/trpc';
import {
  chatwootLinkSchema,
  createChatwootLinkSchema,
  inboxSchema,
  linkInboxSchema,
  remoteInboxSchema,
  pageOf,
} from '@whatpro/sdk/contract';
import { listInboxes, listLinks, requireInbox, requireLink, toInbox, toLink } from './inbox.repository.ts';
import { linkChatwoot } from './link-chatwoot.ts';
import { linkInbox } from './link-inbox.ts';
import { listRemoteInboxes } from './list-remote-inboxes.ts';
import type { InboxesContext, InboxTools } from './tools.ts';
import { unlinkChatwoot } from './unlink-chatwoot.ts';
import { unlinkInbox } from './unlink-inbox.ts';

const byId = z.strictObject({ id: z.uuid() });
const done = z.object({ done: z.literal(true) });
const path = '/accounts/{accountId}';
/** What calls Chatwoot counts more where calls are limited. */
const OUTSIDE = 5;

export function createInboxesRouter(tools: InboxTools) {
  const room = (context: AccountContext): InboxesContext => ({ ...context, tools });
  const links = { tag: 'Chatwoot' } as const;
  const inboxes = { tag: 'Inboxes' } as const;
  return router({
    chatwootLinks: router({
      list: accountProcedure('chatwoot:read')
        .meta({ rest: { method: 'GET', path: `${path}/chatwoot-links`, summary: 'List linked Chatwoot accounts', ...links } })
        .output(pageOf(chatwootLinkSchema))
        .query(({ ctx }) => ctx.accountContext.database.run(listLinks)),
      get: accountProcedure('chatwoot:read')
        .meta({ rest: { method: 'GET', path: `${path}/chatwoot-links/{id}`, summary: 'One linked Chatwoot account', ...links } })
        .input(byId)
        .output(chatwootLinkSchema)
        .query(({ ctx, input }) => ctx.accountContext.database.run(async (database) => toLink(await requireLink(database, input.id)))),
      create: accountProcedure('chatwoot:write')
        .meta({
          cost: OUTSIDE,
          rest: { method: 'POST', path: `${path}/chatwoot-links`, status: 201, summary: 'Link a Chatwoot account', ...links },
        })
        .input(createChatwootLinkSchema)
        .output(chatwootLinkSchema)
        .mutation(({ ctx, input }) => linkChatwoot(room(ctx.accountContext), input)),
      remoteInboxes: accountProcedure('chatwoot:read')
        .meta({
          cost: OUTSIDE,
          rest: {
            method: 'GET',
            path: `${path}/chatwoot-links/{id}/remote-inboxes`,
            summary: 'The inboxes Chatwoot has, to pick from',
            ...links,
          },
        })
        .input(byId)
        .output(pageOf(remoteInboxSchema))
        .query(async ({ ctx, input }) => ({ items: await listRemoteInboxes(room(ctx.accountContext), input), nextCursor: null })),
      delete: accountProcedure('chatwoot:write')
        .meta({
          rest: {
            method: 'DELETE',
            path: `${path}/chatwoot-links/{id}`,
            status: 204,
            summary: 'Forget a linked Chatwoot account',
            ...links,
          },
        })
        .input(byId)
        .output(done)
        .mutation(async ({ ctx, input }) => {
          await unlinkChatwoot(room(ctx.accountContext), input);
          return { done: true as const };
        }),
    }),
    inboxes: router({
      list: accountProcedure('inboxes:read')
        .meta({ rest: { method: 'GET', path: `${path}/inboxes`, summary: 'List inboxes', ...inboxes } })
        .output(pageOf(inboxSchema))
        .query(({ ctx }) => ctx.accountContext.database.run((database) => listInboxes(database, ctx.accountContext.reach))),
      get: accountProcedure('inboxes:read')
        .meta({ rest: { method: 'GET', path: `${path}/inboxes/{id}`, summary: 'One inbox', ...inboxes } })
        .input(byId)
        .output(inboxSchema)
        .query(({ ctx, input }) =>
          ctx.accountContext.database.run(async (database) => toInbox(await requireInbox(database, ctx.accountContext.reach, input.id))),
        ),
      link: accountProcedure('inboxes:write')
        .meta({
          cost: OUTSIDE,
          rest: {
            method: 'POST',
            path: `${path}/inboxes`,
            status: 201,
            summary: 'Link an instance to an inbox, picked or made',
            ...inboxes,
          },
        })
        .input(linkInboxSchema)
        .output(inboxSchema)
        .mutation(({ ctx, input }) => linkInbox(room(ctx.accountContext), input)),
      unlink: accountProcedure('inboxes:write')
        .meta({
          rest: {
            method: 'DELETE',
            path: `${path}/inboxes/{id}/link`,
            status: 204,
            summary: 'Part an inbox from its instance',
            ...inboxes,
          },
        })
        .input(byId)
        .output(done)
        .mutation(async ({ ctx, input }) => {
          await unlinkInbox(room(ctx.accountContext), input);
          return { done: true as const };
        }),
    }),
  });
}
