import { z } from 'zod';
import { parseMultipart } from '../wire/multipart.ts';
import type { Call, Routes } from '../wire/router.ts';
import { CRASHED, inConversation, NOT_FOUND, unprocessable } from './authorise.ts';
import { deleteMessage, setMessageStatus } from './change-message.ts';
import type { Context } from './context.ts';
import { MESSAGE_STATUSES, type ConversationRow, type MessageRow } from './rows.ts';
import { writeMessage, type DraftMessage } from './write-message.ts';

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);

const draftBody = z.object({
  content: z.string().nullish(),
  message_type: z.enum(['incoming', 'outgoing']).nullish(),
  private: flag.nullish(),
  content_type: z.string().max(50).nullish(),
  content_attributes: z.union([z.record(z.string(), z.unknown()), z.string()]).nullish(),
  source_id: z.string().max(2_000).nullish(),
  is_voice_message: flag.nullish(),
});

const statusBody = z.object({ status: z.string().max(30).nullish(), external_error: z.string().max(2_000).nullish() });

export function messageRoutes(context: Context): Routes {
  const { world, show } = context;
  const messages = '/api/v1/accounts/:account/conversations/:conversation/messages';

  const messageIn = (conversation: ConversationRow, id: string | undefined): MessageRow | null => {
    const message = world.message(Number(id));
    return message?.accountId === conversation.accountId && message.conversationId === conversation.displayId ? message : null;
  };

  return {
    [`POST ${messages}`]: inConversation(context, async (call, conversation, member) => {
      const draft = await readDraft(call);
      if (draft === null) return unprocessable('Invalid message');
      const contact = world.contacts.get(conversation.contactId);
      if (context.faults.failsFor(world.contactInbox(conversation.contactInboxId)?.sourceId, contact?.phone, contact?.identifier))
        return CRASHED;
      const written = await writeMessage(context, conversation, draft, member);
      return 'refused' in written ? unprocessable(written.refused) : { status: 200, json: show.message(written.message) };
    }),

    [`GET ${messages}`]: inConversation(context, (call, conversation) => ({
      status: 200,
      json: {
        meta: {
          labels: [],
          additional_attributes: {},
          contact: null,
          assignee: null,
          agent_last_seen_at: null,
          assignee_last_seen_at: null,
        },
        payload: pageOf(world.messagesOf(conversation), call.query).map((message) => show.message(message)),
      },
    })),

    [`PATCH ${messages}/:message`]: inConversation(context, async (call, conversation) => {
      const message = messageIn(conversation, call.params['message']);
      if (message === null) return NOT_FOUND;
      const body = statusBody.safeParse(await call.json());
      if (!body.success) return unprocessable('Invalid parameters');
      const status = MESSAGE_STATUSES.find((known) => known === body.data.status);
      // An unknown status is passed over in silence.
      if (status !== undefined) {
        context.journal.append({
          at: context.clock.now().getTime(),
          kind: 'status',
          account: message.accountId,
          chat: message.conversationId,
          id: message.id,
          ref: message.sourceId,
          note: status,
        });
        setMessageStatus(context, message, status, body.data.external_error ?? null);
      }
      return { status: 200, json: show.message(message) };
    }),

    [`DELETE ${messages}/:message`]: inConversation(context, (call, conversation) => {
      const message = messageIn(conversation, call.params['message']);
      if (message === null) return NOT_FOUND;
      deleteMessage(context, message);
      return { status: 200, json: {} };
    }),
  };
}

async function readDraft(call: Call): Promise<DraftMessage | null> {
  const contentType = call.headers['content-type'] ?? '';
  let raw: unknown;
  let files: DraftMessage['files'] = [];
  if (contentType.startsWith('multipart/form-data')) {
    const bytes = await call.body();
    const form = bytes === null ? null : parseMultipart(contentType, bytes);
    if (form === null) return null;
    raw = Object.fromEntries(form.fields);
    files = form.files.filter((file) => file.name === 'attachments[]');
  } else {
    raw = await call.json();
  }
  const body = draftBody.safeParse(raw);
  if (!body.success) return null;
  const { data } = body;
  const attributes = typeof data.content_attributes === 'string' ? parseObject(data.content_attributes) : (data.content_attributes ?? {});
  return {
    content: data.content ?? null,
    messageType: data.message_type ?? 'outgoing',
    contentType: data.content_type ?? 'text',
    private: data.private ?? false,
    sourceId: data.source_id ?? null,
    contentAttributes: attributes,
    files: data.is_voice_message === true ? files.map((file) => ({ ...file, contentType: file.contentType || 'audio/ogg' })) : files,
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
  } catch {
    return {};
  }
}

/** `before`: the 20 before it; `after`: 100 from it on; both: up to 1,000 between; neither: the newest 20. Oldest first. */
function pageOf(messages: readonly MessageRow[], query: URLSearchParams): readonly MessageRow[] {
  const before = query.get('before');
  const after = query.get('after');
  const older = (message: MessageRow): boolean => before === null || message.id < Number(before);
  if (after === null) return before === null ? messages.slice(-20) : messages.filter(older).slice(-20);
  return messages.filter((message) => message.id > Number(after) && older(message)).slice(0, before === null ? 100 : 1_000);
}
