import { now, type Context } from './context.ts';
import type { ContactInboxRow, ContactRow, ConversationRow, ConversationStatus, InboxRow } from './rows.ts';

export type Started = { readonly conversation: ConversationRow } | { readonly refused: string };

/** Makes the contact inbox when it is missing. An inbox locked to a single conversation gives back the last one instead. */
export function startConversation(
  context: Context,
  start: { readonly inbox: InboxRow; readonly contact: ContactRow; readonly sourceId: string; readonly status: ConversationStatus },
): Started {
  const { world } = context;
  const { inbox, contact, sourceId, status } = start;
  const held = world.contactInboxBySource(inbox.id, sourceId);
  if (held !== undefined && held.contactId !== contact.id) return { refused: 'source_id should be unique' };
  const at = now(context);
  const contactInbox: ContactInboxRow =
    held ?? world.addContactInbox({ contactId: contact.id, inboxId: inbox.id, sourceId, createdAt: at });

  if (inbox.lockToSingleConversation) {
    const last = world.conversationsWith(contact.id).findLast((conversation) => conversation.contactInboxId === contactInbox.id);
    if (last !== undefined) return { conversation: last };
  }
  const conversation = world.addConversation({ contactInbox, accountId: inbox.accountId, status, at });
  context.journal.append({
    at,
    kind: 'conversation',
    account: inbox.accountId,
    chat: conversation.displayId,
    id: conversation.displayId,
    ref: sourceId,
  });
  context.notify.conversation('conversation_created', conversation);
  return { conversation };
}
