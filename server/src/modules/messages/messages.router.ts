import { tracked } from '@trpc/server';
import { z } from 'zod';
import type { Live } from '#platform/realtime';
import { accountProcedure, router } from '#platform/trpc';
import {
  listMessagesSchema,
  messageDetailSchema,
  messagePageSchema,
  messageSchema,
  replaySchema,
  roadSummarySchema,
} from '@whatpro/sdk/contract';
import { findMessages, listMessages, messageDetail, roadSummary } from './message.repository.ts';
import { replayDeadLetters } from './replay-dead-letters.ts';

const path = '/accounts/{accountId}';

export interface MessageTools {
  readonly live: Live;
  readonly changed: (accountId: string, messageIds: readonly string[]) => void;
}

export function createMessagesRouter(tools: MessageTools) {
  const messages = { tag: 'Messages' } as const;
  return router({
    messages: router({
      list: accountProcedure('messages:read')
        .meta({ rest: { method: 'GET', path: `${path}/messages`, summary: 'List messages, newest first', ...messages } })
        .input(listMessagesSchema)
        .output(messagePageSchema)
        .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listMessages(database, ctx.accountContext.reach, input))),
      get: accountProcedure('messages:read')
        .meta({ rest: { method: 'GET', path: `${path}/messages/{id}`, summary: 'One message with its attempts', ...messages } })
        .input(z.strictObject({ id: z.uuid() }))
        .output(messageDetailSchema)
        .query(({ ctx, input }) =>
          ctx.accountContext.database.run((database) => messageDetail(database, ctx.accountContext.reach, input.id)),
        ),
      summary: accountProcedure('messages:read')
        .meta({ rest: { method: 'GET', path: `${path}/messages/summary`, summary: 'How many messages wait, and since when', ...messages } })
        .output(roadSummarySchema)
        .query(({ ctx }) => ctx.accountContext.database.run((database) => roadSummary(database, ctx.accountContext.reach, new Date()))),
      /** Every message as it changes. Resumes from the last id seen; a gap is closed by listing. */
      watch: accountProcedure('messages:read')
        .input(z.strictObject({ lastEventId: z.string().max(64).optional() }))
        .subscription(async function* watchMessages({ ctx, signal }) {
          const { account, database } = ctx.accountContext;
          if (!signal) return;
          for await (const event of tools.live.watch(account.id, signal)) {
            if (event.topic !== 'messages') continue;
            const changed = await database.run((open) => findMessages(open, ctx.accountContext.reach, event.ids));
            for (const message of changed) yield tracked(message.id, messageSchema.parse(message));
          }
        }),
    }),
    deadLetters: router({
      list: accountProcedure('dead-letters:read')
        .meta({
          rest: {
            method: 'GET',
            path: `${path}/dead-letters`,
            summary: 'Messages that used up their attempts, with the cause',
            tag: 'Dead letters',
          },
        })
        .input(listMessagesSchema.omit({ state: true }))
        .output(messagePageSchema)
        .query(({ ctx, input }) =>
          ctx.accountContext.database.run((database) => listMessages(database, ctx.accountContext.reach, { ...input, state: 'dead' })),
        ),
      replay: accountProcedure('dead-letters:write')
        .meta({
          rest: {
            method: 'POST',
            path: `${path}/dead-letters/replay`,
            summary: 'Send dead letters again, each in its own place',
            tag: 'Dead letters',
          },
        })
        .input(replaySchema)
        .output(z.object({ replayed: z.number().int() }))
        .mutation(({ ctx, input }) => replayDeadLetters({ ...ctx.accountContext, changed: tools.changed }, input)),
    }),
  });
}
