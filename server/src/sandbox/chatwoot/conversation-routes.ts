import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Routes } from '../wire/router.ts';
import { CRASHED, inConversation, NOT_FOUND, signed, unprocessable } from './authorise.ts';
import { changeStatus } from './change-status.ts';
import { now, type Context } from './context.ts';
import type { ConversationRow } from './rows.ts';
import { startConversation } from './start-conversation.ts';

const statusName = z.enum(['open', 'resolved', 'pending', 'snoozed']);

const newConversation = z.object({
  inbox_id: z.coerce.number().int(),
  contact_id: z.coerce.number().int(),
  source_id: z.string().max(255).nullish(),
  status: statusName.nullish(),
});

const PER_PAGE = 25;

export function conversationRoutes(context: Context): Routes {
  const { world, show } = context;
  const account = '/api/v1/accounts/:account';
  const conversation = `${account}/conversations/:conversation`;

  return {
    [`POST ${account}/conversations`]: signed(context, async (call, { account: { id: accountId } }) => {
      const body = newConversation.safeParse(await call.json());
      if (!body.success) return unprocessable('param is missing or the value is empty');
      const inbox = world.inboxes.get(body.data.inbox_id);
      const contact = world.contacts.get(body.data.contact_id);
      if (inbox?.accountId !== accountId || contact?.accountId !== accountId) return NOT_FOUND;
      const known = world.contactInboxesOf(contact.id).find((row) => row.inboxId === inbox.id);
      const sourceId = body.data.source_id || known?.sourceId || randomUUID();
      if (context.faults.failsFor(sourceId, contact.phone, contact.identifier)) return CRASHED;
      const started = startConversation(context, { inbox, contact, sourceId, status: body.data.status ?? 'open' });
      return 'refused' in started ? unprocessable(started.refused) : { status: 200, json: show.conversation(started.conversation) };
    }),

    [`GET ${account}/conversations`]: signed(context, (call, { account: { id: accountId } }) => {
      const found = filtered(context, world.conversationsOf(accountId), call.query).toReversed();
      const page = Math.max(1, Number(call.query.get('page') ?? 1) || 1);
      // With `updated_within` Chatwoot gives everything at once.
      const shown = call.query.has('updated_within') ? found : found.slice((page - 1) * PER_PAGE, page * PER_PAGE);
      return {
        status: 200,
        json: {
          data: {
            meta: { mine_count: 0, assigned_count: 0, unassigned_count: found.length, all_count: found.length },
            payload: shown.map((row) => show.conversation(row)),
          },
        },
      };
    }),

    [`GET ${conversation}`]: inConversation(context, (_call, row) => ({ status: 200, json: show.conversation(row) })),

    [`POST ${conversation}/toggle_status`]: inConversation(context, async (call, row) => {
      const body = z.object({ status: statusName.nullish() }).safeParse(await call.json());
      if (!body.success) return unprocessable('is not a valid status');
      changeStatus(context, row, body.data.status ?? (row.status === 'open' ? 'resolved' : 'open'));
      return {
        status: 200,
        json: { meta: {}, payload: { success: true, conversation_id: row.displayId, current_status: row.status, snoozed_until: null } },
      };
    }),

    [`POST ${conversation}/toggle_typing_status`]: inConversation(context, () => ({ status: 200, json: {} })),

    [`POST ${conversation}/update_last_seen`]: inConversation(context, (_call, row) => {
      row.agentLastSeenAt = now(context);
      world.keepConversation(row);
      return { status: 200, json: show.conversation(row) };
    }),
  };
}

function filtered(context: Context, rows: readonly ConversationRow[], query: URLSearchParams): readonly ConversationRow[] {
  const status = query.get('status') ?? 'open';
  const inboxId = query.get('inbox_id');
  const sourceId = query.get('source_id');
  const within = query.get('updated_within');
  const since = within === null ? null : now(context) - Number(within) * 1_000;
  return rows.filter(
    (row) =>
      (status === 'all' || row.status === status) &&
      (inboxId === null || row.inboxId === Number(inboxId)) &&
      (sourceId === null || context.world.contactInbox(row.contactInboxId)?.sourceId === sourceId) &&
      (since === null || row.updatedAt >= since),
  );
}
