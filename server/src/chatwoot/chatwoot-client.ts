import type { Attempt } from '#platform/outcome';

export interface ChatwootProfile {
  readonly userId: number;
  readonly name: string;
  readonly accounts: readonly { readonly id: number; readonly name: string; readonly role: string }[];
}

export interface ChatwootInbox {
  readonly id: number;
  readonly name: string;
  readonly channelType: string;
  readonly webhookUrl: string | null;
  /** Signs this inbox's webhooks; null for versions before 4.13 or when the token is not an administrator's. */
  readonly secret: string | null;
}

export interface ChatwootContact {
  readonly id: number;
  readonly name: string | null;
  readonly phone: string | null;
}

export interface ChatwootConversation {
  /** The display id, as every address of Chatwoot uses it. */
  readonly id: number;
  readonly status: string;
  readonly contactId: number | null;
}

export interface NewMessage {
  readonly direction: 'from-contact' | 'from-company';
  /** Chatwoot Markdown. */
  readonly text: string;
  /** `WAID:<gateway message id>`: how the same message is found again. Chatwoot stores it and does not enforce it. */
  readonly sourceId: string;
  readonly private?: boolean;
  readonly inReplyTo?: { readonly messageId: number } | { readonly sourceId: string };
  /** Typed on the company's phone: Chatwoot then shows the inbox, not an agent. */
  readonly externalEcho?: boolean;
  readonly attachment?: {
    readonly fileName: string;
    readonly mimeType: string;
    readonly content: AsyncIterable<Uint8Array> | Uint8Array;
    readonly voice: boolean;
  };
}

export type ChatwootStatus = 'sent' | 'delivered' | 'read' | 'failed';

/** One Chatwoot account through one administrator's token. Every answer is checked; every outcome is a value. */
export interface ChatwootClient {
  profile(): Promise<Attempt<ChatwootProfile>>;
  listInboxes(): Promise<Attempt<readonly ChatwootInbox[]>>;
  getInbox(inboxId: number): Promise<Attempt<ChatwootInbox>>;
  createApiInbox(input: { readonly name: string; readonly webhookUrl: string }): Promise<Attempt<ChatwootInbox>>;
  setInboxWebhook(inboxId: number, webhookUrl: string): Promise<Attempt<ChatwootInbox>>;
  /**
   * Makes the contact and its contact inbox in one call. `taken` when Chatwoot already has the phone, the identifier
   * or the source id: the caller then looks it up.
   */
  createContact(input: {
    readonly inboxId: number;
    readonly sourceId: string;
    readonly name: string;
    readonly phone: string | null;
    readonly identifier: string | null;
  }): Promise<Attempt<{ readonly created: ChatwootContact } | { readonly taken: true }>>;
  /** The contact that holds this source id in this inbox. */
  findContactBySourceId(inboxId: number, sourceId: string): Promise<Attempt<ChatwootContact | null>>;
  /** Exact match on any of the phones or the identifier. */
  findContacts(input: {
    readonly phones: readonly string[];
    readonly identifier: string | null;
  }): Promise<Attempt<readonly ChatwootContact[]>>;
  /** The contact's conversations in this inbox, newest first. */
  listConversations(inboxId: number, contactId: number): Promise<Attempt<readonly ChatwootConversation[]>>;
  /** Makes the contact inbox too when it is missing. */
  createConversation(input: {
    readonly inboxId: number;
    readonly contactId: number;
    readonly sourceId: string;
    readonly status?: 'open' | 'pending';
  }): Promise<Attempt<ChatwootConversation>>;
  createMessage(conversationId: number, message: NewMessage): Promise<Attempt<{ readonly id: number }>>;
  /** Looks for a message by source id among the newest of a conversation (the last 20 are enough: a lane posts one at a time). */
  findMessage(conversationId: number, sourceId: string): Promise<Attempt<{ readonly id: number } | null>>;
  setMessageStatus(conversationId: number, messageId: number, status: ChatwootStatus, error?: string): Promise<Attempt<void>>;
  /** A file of a message. The link redirects to storage; the file may not be there yet (`retry: 'later'`). */
  fetchAttachment(
    url: string,
  ): Promise<Attempt<{ readonly mimeType: string; readonly sizeBytes: number | null; readonly content: AsyncIterable<Uint8Array> }>>;
}
