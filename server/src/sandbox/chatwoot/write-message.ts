import { randomBytes } from 'node:crypto';
import { contentHash } from '../wire/journal.ts';
import { changeStatus } from './change-status.ts';
import { now, type Context } from './context.ts';
import type { AttachmentRow, ConversationRow, MemberRow, MessageRow, MessageType } from './rows.ts';

export interface DraftMessage {
  readonly content: string | null;
  readonly messageType: MessageType;
  readonly contentType: string;
  readonly private: boolean;
  readonly sourceId: string | null;
  readonly contentAttributes: Readonly<Record<string, unknown>>;
  readonly files: readonly { readonly fileName: string; readonly contentType: string; readonly bytes: Buffer }[];
}

const LONGEST_CONTENT = 150_000;
const MOST_FILES = 15;
const MINUTE_MS = 60_000;

export type Written = { readonly message: MessageRow } | { readonly refused: string };

/** Not idempotent, like the real one: the same source id twice makes two messages. */
export async function writeMessage(
  context: Context,
  conversation: ConversationRow,
  draft: DraftMessage,
  member: MemberRow,
): Promise<Written> {
  const { world } = context;
  if ((draft.content?.length ?? 0) > LONGEST_CONTENT)
    return { refused: 'Validation failed: Content is too long (maximum is 150000 characters)' };
  if (draft.files.length > MOST_FILES) return { refused: 'Validation failed: Attachments exceeded maximum allowed' };
  if (isFlooded(context, conversation)) return { refused: 'Validation failed: Too many messages' };

  const attachments = await storeFiles(context, draft.files);
  const at = now(context);
  const incoming = draft.messageType === 'incoming';
  const message = world.addMessage({
    accountId: conversation.accountId,
    inboxId: conversation.inboxId,
    conversationId: conversation.displayId,
    content: draft.content,
    contentType: draft.contentType,
    messageType: draft.messageType,
    private: draft.private,
    sourceId: draft.sourceId,
    status: 'sent',
    contentAttributes: withReply(context, conversation, draft.contentAttributes),
    sender: incoming ? { type: 'contact', id: conversation.contactId, name: '' } : { type: 'user', id: member.userId, name: member.name },
    createdAt: at,
    attachments,
  });
  record(context, message, draft);

  conversation.lastActivityAt = at;
  conversation.updatedAt = at;
  if (incoming) conversation.waitingSince ??= at;
  else if (!draft.private) conversation.waitingSince = null;
  if (draft.messageType === 'outgoing' && !draft.private) conversation.firstReplyAt ??= at;
  world.keepConversation(conversation);
  context.notify.message('message_created', message);
  if (incoming && (conversation.status === 'resolved' || conversation.status === 'snoozed')) changeStatus(context, conversation, 'open');
  return { message };
}

function record(context: Context, message: MessageRow, draft: DraftMessage): void {
  context.journal.append({
    at: message.createdAt,
    kind: message.private ? 'note' : message.messageType,
    account: message.accountId,
    chat: message.conversationId,
    id: message.id,
    ref: message.sourceId,
    hash: contentHash(
      draft.files.length === 0
        ? (message.content ?? '')
        : Buffer.concat([Buffer.from(message.content ?? ''), ...draft.files.map((file) => file.bytes)]),
    ),
  });
}

function isFlooded(context: Context, conversation: ConversationRow): boolean {
  const limit = context.floodLimitPerMinute;
  if (limit === null) return false;
  const messages = context.world.messagesOf(conversation);
  const oldest = messages[messages.length - limit];
  return oldest !== undefined && oldest.createdAt > now(context) - MINUTE_MS;
}

async function storeFiles(context: Context, files: DraftMessage['files']): Promise<AttachmentRow[]> {
  const rows: AttachmentRow[] = [];
  for (const file of files) {
    const blobId = randomBytes(16).toString('hex');
    await context.blobs.put(
      { id: blobId, fileName: file.fileName, contentType: file.contentType, sizeBytes: file.bytes.length },
      file.bytes,
    );
    rows.push({
      id: context.world.nextAttachmentId(),
      fileType: fileTypeOf(file.contentType),
      contentType: file.contentType,
      fileName: file.fileName,
      sizeBytes: file.bytes.length,
      blobId,
    });
  }
  return rows;
}

function fileTypeOf(contentType: string): AttachmentRow['fileType'] {
  const kind = contentType.split('/')[0];
  if (kind === 'image' || kind === 'audio') return kind;
  return /^video\/(mp4|quicktime|webm)$/.test(contentType) ? 'video' : 'file';
}

/** A reply is looked for inside its conversation and carries both names of its target, or neither when it is not there. */
function withReply(
  context: Context,
  conversation: ConversationRow,
  attributes: DraftMessage['contentAttributes'],
): Readonly<Record<string, unknown>> {
  const { in_reply_to: id, in_reply_to_external_id: sourceId } = attributes;
  if (id === undefined && sourceId === undefined) return attributes;
  const messages = context.world.messagesOf(conversation);
  const target = sourceId
    ? messages.findLast((message) => message.sourceId === sourceId)
    : messages.findLast((message) => message.id === Number(id));
  return { ...attributes, in_reply_to: target?.id ?? null, in_reply_to_external_id: target?.sourceId ?? null };
}
