import type { AttachmentRow, ContactRow, ConversationRow, InboxRow, MemberRow, MessageRow } from './rows.ts';
import { MESSAGE_TYPES } from './rows.ts';
import type { World } from './world.ts';

/** How the API shows its records. The webhooks dress the same records in another way. */
export interface Show {
  inbox(inbox: InboxRow, member: Pick<MemberRow, 'role'>): Record<string, unknown>;
  contact(contact: ContactRow): Record<string, unknown>;
  conversation(conversation: ConversationRow): Record<string, unknown>;
  message(message: MessageRow): Record<string, unknown>;
  attachment(message: MessageRow, attachment: AttachmentRow): Record<string, unknown>;
  sender(message: MessageRow): Record<string, unknown> | null;
}

export const seconds = (at: number): number => Math.floor(at / 1_000);

export function createShow(world: World, baseUrl: () => string): Show {
  const contactInboxes = (contactId: number): unknown[] =>
    world.contactInboxesOf(contactId).map((row) => {
      const inbox = world.inboxes.get(row.inboxId);
      return {
        source_id: row.sourceId,
        inbox: { id: row.inboxId, name: inbox?.name ?? '', channel_type: 'Channel::Api', avatar_url: '', provider: null },
      };
    });

  const show: Show = {
    inbox: showInbox,

    contact: (contact) => ({
      additional_attributes: contact.additionalAttributes,
      availability_status: 'offline',
      email: contact.email,
      id: contact.id,
      name: contact.name,
      phone_number: contact.phone,
      blocked: false,
      identifier: contact.identifier,
      thumbnail: '',
      custom_attributes: contact.customAttributes,
      ...(contact.lastActivityAt === null ? {} : { last_activity_at: seconds(contact.lastActivityAt) }),
      created_at: seconds(contact.createdAt),
      contact_inboxes: contactInboxes(contact.id),
    }),

    conversation(row) {
      const contact = world.contacts.get(row.contactId);
      const messages = world.messagesOf(row);
      const newest = messages.at(-1);
      return {
        meta: {
          sender: contact === undefined ? null : { ...show.contact(contact), contact_inboxes: undefined },
          channel: 'Channel::Api',
          assignee: null,
          hmac_verified: false,
        },
        id: row.displayId,
        messages: newest === undefined ? [] : [show.message(newest)],
        account_id: row.accountId,
        uuid: row.uuid,
        additional_attributes: {},
        agent_last_seen_at: seconds(row.agentLastSeenAt ?? 0),
        assignee_last_seen_at: 0,
        can_reply: true,
        contact_last_seen_at: 0,
        custom_attributes: {},
        inbox_id: row.inboxId,
        labels: [],
        muted: false,
        snoozed_until: null,
        status: row.status,
        created_at: seconds(row.createdAt),
        updated_at: row.updatedAt / 1_000,
        timestamp: seconds(row.lastActivityAt),
        first_reply_created_at: seconds(row.firstReplyAt ?? 0),
        unread_count: unreadOf(row, messages),
        last_non_activity_message: newest === undefined ? null : show.message(newest),
        last_activity_at: seconds(row.lastActivityAt),
        priority: null,
        waiting_since: seconds(row.waitingSince ?? 0),
      };
    },

    message: (message) => ({
      id: message.id,
      content: message.content,
      inbox_id: message.inboxId,
      conversation_id: message.conversationId,
      message_type: MESSAGE_TYPES.indexOf(message.messageType),
      content_type: message.contentType,
      status: message.status,
      content_attributes: message.contentAttributes,
      created_at: seconds(message.createdAt),
      private: message.private,
      source_id: message.sourceId,
      sender: show.sender(message),
      ...(message.attachments.length === 0
        ? {}
        : { attachments: message.attachments.map((attachment) => show.attachment(message, attachment)) }),
    }),

    attachment(message, attachment) {
      const url = `${baseUrl()}/rails/active_storage/blobs/redirect/${attachment.blobId}/${encodeURIComponent(attachment.fileName)}`;
      return {
        id: attachment.id,
        message_id: message.id,
        file_type: attachment.fileType,
        account_id: message.accountId,
        extension: null,
        content_type: attachment.contentType,
        data_url: url,
        thumb_url: attachment.fileType === 'image' ? url : '',
        file_size: attachment.sizeBytes,
        width: null,
        height: null,
        ...(attachment.fileType === 'audio' ? { transcribed_text: '' } : {}),
      };
    },

    sender(message) {
      if (message.sender === null) return null;
      if (message.sender.type === 'user')
        return {
          id: message.sender.id,
          name: message.sender.name,
          available_name: message.sender.name,
          avatar_url: '',
          type: 'user',
          availability_status: 'online',
          thumbnail: '',
        };
      const contact = world.contacts.get(message.sender.id);
      return contact === undefined ? null : { ...show.contact(contact), contact_inboxes: undefined, type: 'contact' };
    },
  };
  return show;
}

function showInbox(inbox: InboxRow, member: Pick<MemberRow, 'role'>): Record<string, unknown> {
  return {
    id: inbox.id,
    avatar_url: '',
    channel_id: inbox.id,
    name: inbox.name,
    channel_type: 'Channel::Api',
    greeting_enabled: false,
    greeting_message: null,
    working_hours_enabled: false,
    enable_auto_assignment: true,
    lock_to_single_conversation: inbox.lockToSingleConversation,
    timezone: 'UTC',
    callback_webhook_url: null,
    hmac_mandatory: false,
    webhook_url: inbox.webhookUrl,
    inbox_identifier: inbox.identifier,
    additional_attributes: inbox.additionalAttributes,
    ...(member.role === 'administrator' ? { hmac_token: inbox.identifier, secret: inbox.secret } : {}),
  };
}

/** Counts from the end, and no further than ten: a long conversation costs no more than a short one. */
export function unreadOf(row: ConversationRow, messages: readonly MessageRow[]): number {
  let count = 0;
  for (let at = messages.length - 1; at >= 0 && count < 10; at -= 1) {
    const message = messages[at];
    if (message === undefined || message.createdAt <= (row.agentLastSeenAt ?? 0) || message.messageType === 'outgoing') break;
    if (message.messageType === 'incoming') count += 1;
  }
  return count;
}
