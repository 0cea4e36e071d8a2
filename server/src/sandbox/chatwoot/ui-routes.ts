import { z } from 'zod';
import type { Call, Handler, Reply, Routes } from '../wire/router.ts';
import { NOT_FOUND, unprocessable } from './authorise.ts';
import { deleteMessage } from './change-message.ts';
import { changeStatus } from './change-status.ts';
import { now, type Context } from './context.ts';
import type { ConversationRow, MemberRow } from './rows.ts';
import { writeMessage } from './write-message.ts';

const MOST_FILE_TEXT = 60 * 1024 * 1024;

const agentMessage = z.object({
  text: z.string().max(150_000).optional(),
  private: z.boolean().optional(),
  inReplyTo: z.number().int().optional(),
  file: z
    .object({ fileName: z.string().min(1).max(255), mimeType: z.string().max(120), base64: z.string().max(MOST_FILE_TEXT) })
    .optional(),
});

/** The agent's side of the sandbox page. Messages and conversations look as they do in Chatwoot's API. */
export function uiRoutes(context: Context): Routes {
  const { world, show } = context;
  const conversation = '/ui/accounts/:account/conversations/:conversation';

  const within =
    (handler: (call: Call, row: ConversationRow, agent: MemberRow) => Reply | Promise<Reply>): Handler =>
    (call) => {
      const account = world.accounts.get(call.params['account'] ?? '');
      const row = account === undefined ? undefined : world.conversation(account.id, Number(call.params['conversation']));
      const agent = account?.members[0];
      return row === undefined || agent === undefined ? NOT_FOUND : handler(call, row, agent);
    };

  return {
    'GET /ui/accounts': () => ({
      status: 200,
      json: {
        payload: [...world.accounts.rows.values()].map(({ id, name }) => ({
          id,
          name,
          inboxes: [...world.inboxes.rows.values()]
            .filter((inbox) => inbox.accountId === id)
            .map((inbox) => ({ id: inbox.id, name: inbox.name })),
        })),
      },
    }),

    'GET /ui/accounts/:account/conversations': (call) => {
      const rows = world.conversationsOf(Number(call.params['account'])).toSorted((a, b) => b.lastActivityAt - a.lastActivityAt);
      return { status: 200, json: { payload: rows.slice(0, 200).map((row) => show.conversation(row)) } };
    },

    [`GET ${conversation}/messages`]: within((_call, row) => ({
      status: 200,
      json: {
        payload: world
          .messagesOf(row)
          .slice(-200)
          .map((message) => show.message(message)),
      },
    })),

    [`POST ${conversation}/messages`]: within(async (call, row, agent) => {
      const body = agentMessage.safeParse(await call.json());
      if (!body.success || (!body.data.text && body.data.file === undefined)) return unprocessable('A text or a file is needed');
      const { text, file, inReplyTo } = body.data;
      const written = await writeMessage(
        context,
        row,
        {
          content: text ?? null,
          messageType: 'outgoing',
          contentType: 'text',
          private: body.data.private ?? false,
          sourceId: null,
          contentAttributes: inReplyTo === undefined ? {} : { in_reply_to: inReplyTo },
          files:
            file === undefined ? [] : [{ fileName: file.fileName, contentType: file.mimeType, bytes: Buffer.from(file.base64, 'base64') }],
        },
        agent,
      );
      return 'refused' in written ? unprocessable(written.refused) : { status: 201, json: show.message(written.message) };
    }),

    [`POST ${conversation}/status`]: within(async (call, row) => {
      const body = z.object({ status: z.enum(['open', 'resolved', 'pending', 'snoozed']) }).safeParse(await call.json());
      if (!body.success) return unprocessable('is not a valid status');
      changeStatus(context, row, body.data.status);
      return { status: 200, json: show.conversation(row) };
    }),

    [`POST ${conversation}/seen`]: within((_call, row) => {
      row.agentLastSeenAt = now(context);
      world.keepConversation(row);
      return { status: 200, json: show.conversation(row) };
    }),

    [`DELETE ${conversation}/messages/:message`]: within((call, row) => {
      const message = world.message(Number(call.params['message']));
      if (message === undefined || message.accountId !== row.accountId || message.conversationId !== row.displayId) return NOT_FOUND;
      deleteMessage(context, message);
      return { status: 200, json: show.message(message) };
    }),

    'GET /ui/events': () => ({ stream: true }),
  };
}
