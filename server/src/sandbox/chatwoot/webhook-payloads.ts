import type { ConversationRow, MessageRow } from './rows.ts';
import { MESSAGE_TYPES } from './rows.ts';
import { seconds, unreadOf, type Show } from './show.ts';
import type { World } from './world.ts';

/** The bodies of Chatwoot's webhooks: words and ISO dates at the top level, numbers and epochs inside `conversation.messages`. */
export interface Payloads {
  message(event: 'message_created' | 'message_updated', message: MessageRow): Record<string, unknown>;
  conversation(event: string, conversation: ConversationRow, changed?: unknown): Record<string, unknown>;
}

export function createPayloads(world: World, show: Show): Payloads {
  const account = (id: number) => ({ id, name: world.accounts.get(id)?.name ?? '' });

  function contactOf(id: number): Record<string, unknown> {
    const contact = world.contacts.get(id);
    return {
      id,
      name: contact?.name ?? '',
      email: contact?.email ?? null,
      phone_number: contact?.phone ?? null,
      identifier: contact?.identifier ?? null,
      thumbnail: '',
      blocked: false,
      custom_attributes: contact?.customAttributes ?? {},
      additional_attributes: contact?.additionalAttributes ?? {},
    };
  }

  function conversationBody(row: ConversationRow): Record<string, unknown> {
    const messages = world.messagesOf(row);
    const newest = messages.findLast((message) => !message.private && message.messageType !== 'activity');
    const contactInbox = world.contactInbox(row.contactInboxId);
    return {
      additional_attributes: {},
      can_reply: true,
      channel: 'Channel::Api',
      contact_inbox:
        contactInbox === undefined
          ? null
          : {
              id: contactInbox.id,
              contact_id: contactInbox.contactId,
              inbox_id: contactInbox.inboxId,
              source_id: contactInbox.sourceId,
              created_at: new Date(contactInbox.createdAt).toISOString(),
              updated_at: new Date(contactInbox.createdAt).toISOString(),
              hmac_verified: false,
              pubsub_token: contactInbox.pubsubToken,
            },
      id: row.displayId,
      inbox_id: row.inboxId,
      messages: newest === undefined ? [] : [columnsOf(newest)],
      labels: [],
      meta: {
        sender: { ...contactOf(row.contactId), type: 'contact' },
        assignee: null,
        assignee_type: null,
        team: null,
        hmac_verified: false,
      },
      status: row.status,
      custom_attributes: {},
      snoozed_until: null,
      unread_count: unreadOf(row, messages),
      first_reply_created_at: row.firstReplyAt === null ? null : new Date(row.firstReplyAt).toISOString(),
      priority: null,
      waiting_since: seconds(row.waitingSince ?? 0),
      agent_last_seen_at: seconds(row.agentLastSeenAt ?? 0),
      contact_last_seen_at: 0,
      last_activity_at: seconds(row.lastActivityAt),
      timestamp: seconds(row.lastActivityAt),
      created_at: seconds(row.createdAt),
      updated_at: row.updatedAt / 1_000,
      account: account(row.accountId),
    };
  }

  function columnsOf(message: MessageRow): Record<string, unknown> {
    return {
      id: message.id,
      content: message.content,
      account_id: message.accountId,
      inbox_id: message.inboxId,
      conversation_id: message.conversationId,
      message_type: MESSAGE_TYPES.indexOf(message.messageType),
      created_at: seconds(message.createdAt),
      updated_at: new Date(message.updatedAt).toISOString(),
      private: message.private,
      status: message.status,
      source_id: message.sourceId,
      content_type: message.contentType,
      content_attributes: message.contentAttributes,
      sender_type: message.sender === null ? null : message.sender.type === 'user' ? 'User' : 'Contact',
      sender_id: message.sender?.id ?? null,
      external_source_ids: {},
      additional_attributes: {},
      processed_message_content: message.content,
      sentiment: {},
      conversation: {
        assignee_id: null,
        unread_count: 0,
        last_activity_at: seconds(message.createdAt),
        contact_inbox: { source_id: null },
      },
      ...(message.attachments.length === 0
        ? {}
        : { attachments: message.attachments.map((attachment) => show.attachment(message, attachment)) }),
      ...(message.sender === null ? {} : { sender: show.sender(message) }),
    };
  }

  return {
    message(event, message) {
      const conversation = world.conversation(message.accountId, message.conversationId);
      const { sender } = message;
      return {
        account: account(message.accountId),
        additional_attributes: {},
        content_attributes: message.contentAttributes,
        content_type: message.contentType,
        content: message.content,
        conversation: conversation === undefined ? null : conversationBody(conversation),
        created_at: new Date(message.createdAt).toISOString(),
        id: message.id,
        inbox: { id: message.inboxId, name: world.inboxes.get(message.inboxId)?.name ?? '' },
        message_type: message.messageType,
        private: message.private,
        sender:
          sender === null
            ? null
            : sender.type === 'user'
              ? { id: sender.id, name: sender.name, email: `user${sender.id}@sandbox.example`, type: 'user' }
              : { account: account(message.accountId), avatar: '', ...contactOf(sender.id) },
        source_id: message.sourceId,
        event,
        ...(message.attachments.length === 0
          ? {}
          : { attachments: message.attachments.map((attachment) => show.attachment(message, attachment)) }),
      };
    },
    conversation: (event, conversation, changed) => ({
      ...conversationBody(conversation),
      event,
      ...(changed === undefined ? {} : { changed_attributes: changed }),
    }),
  };
}
