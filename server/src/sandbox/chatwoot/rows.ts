/** A person's token in one account. The same token in two accounts is the same person. */
export interface AccountRow {
  readonly id: number;
  readonly name: string;
  readonly members: readonly MemberRow[];
}

export interface MemberRow {
  readonly userId: number;
  readonly name: string;
  readonly token: string;
  readonly role: 'administrator' | 'agent';
}

export interface InboxRow {
  readonly id: number;
  readonly accountId: number;
  name: string;
  webhookUrl: string | null;
  secret: string;
  readonly identifier: string;
  lockToSingleConversation: boolean;
  additionalAttributes: Readonly<Record<string, unknown>>;
}

export interface ContactRow {
  readonly id: number;
  readonly accountId: number;
  name: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly identifier: string | null;
  readonly additionalAttributes: Readonly<Record<string, unknown>>;
  readonly customAttributes: Readonly<Record<string, unknown>>;
  /** Unix milliseconds, as all times here. */
  readonly createdAt: number;
  lastActivityAt: number | null;
}

export interface ContactInboxRow {
  readonly id: number;
  readonly contactId: number;
  readonly inboxId: number;
  readonly sourceId: string;
  readonly pubsubToken: string;
  readonly createdAt: number;
}

export type ConversationStatus = 'open' | 'resolved' | 'pending' | 'snoozed';

export interface ConversationRow {
  /** Counted per account, as every address uses it. */
  readonly displayId: number;
  readonly uuid: string;
  readonly accountId: number;
  readonly inboxId: number;
  readonly contactId: number;
  readonly contactInboxId: number;
  status: ConversationStatus;
  readonly createdAt: number;
  updatedAt: number;
  lastActivityAt: number;
  agentLastSeenAt: number | null;
  waitingSince: number | null;
  firstReplyAt: number | null;
}

export const MESSAGE_TYPES = ['incoming', 'outgoing', 'activity', 'template'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export const MESSAGE_STATUSES = ['sent', 'delivered', 'read', 'failed'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

export interface AttachmentRow {
  readonly id: number;
  readonly fileType: 'image' | 'video' | 'audio' | 'file';
  readonly contentType: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly blobId: string;
}

export interface MessageRow {
  readonly id: number;
  readonly accountId: number;
  readonly inboxId: number;
  readonly conversationId: number;
  content: string | null;
  readonly contentType: string;
  readonly messageType: MessageType;
  readonly private: boolean;
  readonly sourceId: string | null;
  status: MessageStatus;
  contentAttributes: Readonly<Record<string, unknown>>;
  readonly sender: { readonly type: 'contact' | 'user'; readonly id: number; readonly name: string } | null;
  readonly createdAt: number;
  updatedAt: number;
  attachments: readonly AttachmentRow[];
}
