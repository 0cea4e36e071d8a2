import { z } from 'zod';
import { fingerprint, webhookKey } from './webhook-key.ts';
import type { ChatwootAttachment, ChatwootEvent, ParsedChatwootWebhook } from './webhook.ts';

type AgentMessage = Extract<ChatwootEvent, { type: 'agent-message' }>;
type Message = z.output<typeof messageBody>;

const OWN_SOURCE_ID = 'WAID:';
const MOST_ATTACHMENTS = 15;
const LONGEST_TEXT = 150_000;

const id = z.number().int().positive();
const words = (longest: number) =>
  z
    .string()
    .nullish()
    .transform((text) => (text ? text.slice(0, longest) : null));

const messageBody = z.object({
  id,
  message_type: z.union([z.string().max(30), z.number()]),
  private: z.boolean().nullish(),
  source_id: words(2_000),
  content: words(LONGEST_TEXT),
  content_attributes: z.record(z.string(), z.unknown()).nullish().catch(null),
  created_at: z.union([z.string().max(60), z.number()]).nullish(),
  sender: z
    .object({ type: words(30), name: words(255), available_name: words(255) })
    .nullish()
    .catch(null),
  attachments: z.array(z.unknown()).nullish().catch(null),
  conversation: z.object({
    id,
    contact_inbox: z.object({ source_id: words(500) }).nullish(),
    meta: z.object({
      sender: z.object({ id, name: words(255), phone_number: words(40), identifier: words(500) }),
    }),
    messages: z
      .array(z.object({ id, status: z.unknown() }))
      .nullish()
      .catch(null),
  }),
});

const attachmentBody = z.object({
  id,
  file_type: z.string().max(50).nullish(),
  data_url: z.string().min(1).max(4_096),
  file_size: z.number().int().nonnegative().nullish().catch(null),
});

/** `body` is the parsed JSON, hostile until proved otherwise. Never throws. */
export function parseChatwootWebhook(body: unknown): ParsedChatwootWebhook {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return unrecognised('unknown', body, 'not a JSON object');
  const event: unknown = 'event' in body ? body.event : undefined;
  if (typeof event !== 'string' || event === '') return unrecognised('unknown', body, 'no event name');
  if (event === 'message_created' || event === 'message_updated') return parseMessage(event, body);
  return { key: webhookKey(event, ...idOf(body), fingerprint(body)), event: { type: 'ignored', why: event.slice(0, 60) } };
}

function parseMessage(event: 'message_created' | 'message_updated', body: object): ParsedChatwootWebhook {
  const parsed = messageBody.safeParse(body);
  if (!parsed.success) {
    const where = parsed.error.issues.slice(0, 3).map((issue) => issue.path.join('.'));
    return unrecognised(event, body, `unexpected shape: ${where.join(', ')}`.slice(0, 200));
  }
  const message = parsed.data;
  const what = meaningOf(event, message);
  // A message is created once and deleted once, so these need no fingerprint: the content may differ between two deliveries.
  if (event === 'message_created') return { key: webhookKey(event, message.id), event: what };
  if (message.content_attributes?.['deleted'] === true) return { key: webhookKey(event, message.id, 'deleted'), event: what };
  const state = [
    message.content,
    message.content_attributes,
    message.conversation.messages?.find((last) => last.id === message.id)?.status,
  ];
  return { key: webhookKey(event, message.id, fingerprint(state)), event: what };
}

function meaningOf(event: 'message_created' | 'message_updated', message: Message): ChatwootEvent {
  const ignored = (why: string): ChatwootEvent => ({ type: 'ignored', why });
  const kind = kindOf(message.message_type);
  if (message.private === true) return ignored('private note');
  if (kind !== 'outgoing' && kind !== 'template') return ignored(`${kind} message`);
  if (event === 'message_updated') {
    return message.content_attributes?.['deleted'] === true
      ? { type: 'message-deleted', messageId: message.id, conversationId: message.conversation.id }
      : ignored('message updated');
  }
  if (message.source_id?.startsWith(OWN_SOURCE_ID)) return ignored('echo of what the Hub wrote');
  if (message.source_id !== null) return ignored('written by another program');
  return agentMessage(message, kind === 'template');
}

function agentMessage(message: Message, template: boolean): AgentMessage {
  const { conversation, sender } = message;
  const contact = conversation.meta.sender;
  return {
    type: 'agent-message',
    messageId: message.id,
    conversationId: conversation.id,
    sourceId: conversation.contact_inbox?.source_id ?? null,
    contact: { id: contact.id, name: contact.name, phone: contact.phone_number, identifier: contact.identifier },
    text: message.content ?? '',
    attachments: (message.attachments ?? []).slice(0, MOST_ATTACHMENTS).flatMap(attachmentOf),
    inReplyTo: replyOf(message.content_attributes ?? {}),
    agentName: sender?.type === 'user' ? (sender.available_name ?? sender.name) : null,
    template,
    at: timeOf(message.created_at ?? null),
  };
}

function attachmentOf(raw: unknown): ChatwootAttachment[] {
  const parsed = attachmentBody.safeParse(raw);
  if (!parsed.success) return [];
  const { data_url: url, file_type, file_size } = parsed.data;
  return [{ id: parsed.data.id, fileType: file_type ?? 'file', url, fileName: fileNameOf(url), sizeBytes: file_size ?? null }];
}

/** Chatwoot gives no file name beside the link: it is the link's last part. */
function fileNameOf(url: string): string | null {
  try {
    const last = new URL(url).pathname.split('/').at(-1) ?? '';
    return decodeURIComponent(last).slice(0, 255) || null;
  } catch {
    return null;
  }
}

function replyOf(attributes: Readonly<Record<string, unknown>>): AgentMessage['inReplyTo'] {
  const { in_reply_to: rawId, in_reply_to_external_id: rawSource } = attributes;
  const messageId = id.safeParse(typeof rawId === 'string' ? Number(rawId) : rawId).data ?? null;
  const sourceId = typeof rawSource === 'string' && rawSource !== '' ? rawSource.slice(0, 500) : null;
  return messageId === null && sourceId === null ? null : { messageId, sourceId };
}

/** The top level writes the type as a word; `conversation.messages` and old versions as a number. */
function kindOf(type: string | number): string {
  return typeof type === 'string' ? type : (['incoming', 'outgoing', 'activity', 'template'][type] ?? 'unknown');
}

function timeOf(raw: string | number | null): Date {
  const at = new Date(typeof raw === 'number' ? raw * 1_000 : (raw ?? Number.NaN));
  return Number.isNaN(at.getTime()) ? new Date(0) : at;
}

function idOf(body: object): number[] {
  const found = 'id' in body ? body.id : null;
  return typeof found === 'number' ? [found] : [];
}

function unrecognised(event: string, body: unknown, why: string): ParsedChatwootWebhook {
  return { key: webhookKey('unrecognised', event, fingerprint(body)), event: { type: 'unrecognised', why } };
}
