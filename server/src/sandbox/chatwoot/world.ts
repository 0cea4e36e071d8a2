import { randomBytes, randomUUID } from 'node:crypto';
import type { Records, Table } from '../wire/records.ts';
import type { AccountRow, ContactInboxRow, ContactRow, ConversationRow, ConversationStatus, InboxRow, MessageRow } from './rows.ts';

export type NewMessageRow = Omit<MessageRow, 'id' | 'updatedAt'>;

/** Everything one Chatwoot installation holds, and the look-ups its answers need. */
export interface World {
  readonly accounts: Table<AccountRow>;
  readonly inboxes: Table<InboxRow>;
  readonly contacts: Table<ContactRow>;
  contactBy(accountId: number, field: 'phone' | 'identifier' | 'email', value: string): ContactRow | undefined;
  contactInbox(id: number): ContactInboxRow | undefined;
  contactInboxBySource(inboxId: number, sourceId: string): ContactInboxRow | undefined;
  contactInboxesOf(contactId: number): readonly ContactInboxRow[];
  conversation(accountId: number, displayId: number): ConversationRow | undefined;
  /** In order of creation. */
  conversationsOf(accountId: number): readonly ConversationRow[];
  /** In order of creation. */
  conversationsWith(contactId: number): readonly ConversationRow[];
  message(id: number): MessageRow | undefined;
  /** Oldest first. */
  messagesOf(conversation: ConversationRow): readonly MessageRow[];
  addInbox(inbox: Omit<InboxRow, 'id' | 'secret' | 'identifier'>): InboxRow;
  addContact(contact: Omit<ContactRow, 'id'>): ContactRow;
  addContactInbox(contactInbox: Omit<ContactInboxRow, 'id' | 'pubsubToken'>): ContactInboxRow;
  addConversation(start: {
    readonly contactInbox: ContactInboxRow;
    readonly accountId: number;
    readonly status: ConversationStatus;
    readonly at: number;
  }): ConversationRow;
  addMessage(message: NewMessageRow): MessageRow;
  keepConversation(conversation: ConversationRow): void;
  keepMessage(message: MessageRow): void;
  nextAttachmentId(): number;
}

const conversationKey = (accountId: number, displayId: number): string => `${accountId}:${displayId}`;

/** As long as Chatwoot's own generated secrets. */
export const newSecret = (): string => randomBytes(18).toString('base64url');

export function openWorld(records: Records, limits: { readonly maxMessages: number }): World {
  const accounts = records.table<AccountRow>('accounts');
  const inboxes = records.table<InboxRow>('inboxes');
  const contacts = records.table<ContactRow>('contacts');
  const contactInboxes = records.table<ContactInboxRow>('contact-inboxes');
  const conversations = records.table<ConversationRow>('conversations');
  const messages = records.table<MessageRow>('messages');

  const contactIndex = new Map<string, ContactRow>();
  const contactInboxIndex = new Map<string, ContactInboxRow>();
  const byContact = new Map<number, ContactInboxRow[]>();
  const byAccount = new Map<number, ConversationRow[]>();
  const withContact = new Map<number, ConversationRow[]>();
  const byConversation = new Map<string, MessageRow[]>();
  const last = { inbox: 0, contact: 0, contactInbox: 0, message: 0, attachment: 0 };

  const listIn = <Key, Row>(index: Map<Key, Row[]>, key: Key): Row[] => {
    const rows = index.get(key) ?? [];
    index.set(key, rows);
    return rows;
  };

  function indexContact(contact: ContactRow): void {
    for (const field of ['phone', 'identifier', 'email'] as const) {
      const value = contact[field];
      if (value !== null) contactIndex.set(`${contact.accountId}|${field}|${value}`, contact);
    }
    last.contact = Math.max(last.contact, contact.id);
  }
  function indexContactInbox(row: ContactInboxRow): void {
    contactInboxIndex.set(`${row.inboxId}|${row.sourceId}`, row);
    listIn(byContact, row.contactId).push(row);
    last.contactInbox = Math.max(last.contactInbox, row.id);
  }
  function indexConversation(row: ConversationRow): void {
    listIn(byAccount, row.accountId).push(row);
    listIn(withContact, row.contactId).push(row);
  }
  function indexMessage(message: MessageRow): void {
    listIn(byConversation, conversationKey(message.accountId, message.conversationId)).push(message);
    last.message = Math.max(last.message, message.id);
    for (const attachment of message.attachments) last.attachment = Math.max(last.attachment, attachment.id);
  }

  for (const inbox of inboxes.rows.values()) last.inbox = Math.max(last.inbox, inbox.id);
  for (const contact of contacts.rows.values()) indexContact(contact);
  for (const row of contactInboxes.rows.values()) indexContactInbox(row);
  for (const row of conversations.rows.values()) indexConversation(row);
  for (const message of messages.rows.values()) indexMessage(message);

  function dropOldestMessage(): void {
    const [oldest] = messages.rows.values();
    if (oldest === undefined) return;
    messages.remove(oldest.id);
    const siblings = byConversation.get(conversationKey(oldest.accountId, oldest.conversationId));
    if (siblings?.[0] === oldest) siblings.shift();
  }

  return {
    accounts,
    inboxes,
    contacts,
    contactBy: (accountId, field, value) => contactIndex.get(`${accountId}|${field}|${value}`),
    contactInbox: (id) => contactInboxes.get(id),
    contactInboxBySource: (inboxId, sourceId) => contactInboxIndex.get(`${inboxId}|${sourceId}`),
    contactInboxesOf: (contactId) => byContact.get(contactId) ?? [],
    conversation: (accountId, displayId) => conversations.get(conversationKey(accountId, displayId)),
    conversationsOf: (accountId) => byAccount.get(accountId) ?? [],
    conversationsWith: (contactId) => withContact.get(contactId) ?? [],
    message: (id) => messages.get(id),
    messagesOf: (row) => byConversation.get(conversationKey(row.accountId, row.displayId)) ?? [],

    addInbox(inbox) {
      const row: InboxRow = { ...inbox, id: (last.inbox += 1), secret: newSecret(), identifier: newSecret() };
      inboxes.put(row.id, row);
      return row;
    },
    addContact(contact) {
      const row: ContactRow = { ...contact, id: last.contact + 1 };
      contacts.put(row.id, row);
      indexContact(row);
      return row;
    },
    addContactInbox(contactInbox) {
      const row: ContactInboxRow = { ...contactInbox, id: last.contactInbox + 1, pubsubToken: newSecret() };
      contactInboxes.put(row.id, row);
      indexContactInbox(row);
      return row;
    },
    addConversation({ contactInbox, accountId, status, at }) {
      const siblings = byAccount.get(accountId) ?? [];
      const row: ConversationRow = {
        displayId: (siblings.at(-1)?.displayId ?? 0) + 1,
        uuid: randomUUID(),
        accountId,
        inboxId: contactInbox.inboxId,
        contactId: contactInbox.contactId,
        contactInboxId: contactInbox.id,
        status,
        createdAt: at,
        updatedAt: at,
        lastActivityAt: at,
        agentLastSeenAt: null,
        waitingSince: null,
        firstReplyAt: null,
      };
      conversations.put(conversationKey(accountId, row.displayId), row);
      indexConversation(row);
      return row;
    },
    addMessage(message) {
      const row: MessageRow = { ...message, id: last.message + 1, updatedAt: message.createdAt };
      messages.put(row.id, row);
      indexMessage(row);
      if (messages.rows.size > limits.maxMessages) dropOldestMessage();
      return row;
    },
    keepConversation: (row) => conversations.put(conversationKey(row.accountId, row.displayId), row),
    keepMessage: (row) => messages.put(row.id, row),
    nextAttachmentId: () => (last.attachment += 1),
  };
}
