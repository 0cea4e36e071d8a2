import type { ChatwootEvent } from '#chatwoot';
import type { AcceptItem } from '../lanes/road.ts';
import { storable } from '../inbound/storable.ts';
import { identityOfContact } from '../threads/identity.ts';

type AgentMessage = Extract<ChatwootEvent, { type: 'agent-message' }>;

/** What one WhatsApp message of an agent's message carries while it waits. */
export interface OutboundContent {
  readonly kind: 'text' | 'media';
  /** Chatwoot Markdown. */
  readonly text: string;
  readonly conversationId: number;
  readonly agentName: string | null;
  readonly attachment?: AgentMessage['attachments'][number];
}

/**
 * An agent's message as WhatsApp messages: its files in order, the text once, with the first file that can carry it.
 * Only the first part carries Chatwoot's message id: the ticks are its own.
 */
export function planDelivery(event: AgentMessage): AcceptItem[] {
  const identity = identityOfContact(event.contact);
  const shared = {
    chat: identity?.chat ?? 'person',
    addresses: identity?.addresses ?? [],
    aliases: identity?.aliases ?? [],
    name: storable(identity?.name ?? null),
    phone: identity?.phone ?? null,
    conversationId: event.conversationId,
    sourceId: event.sourceId,
    contactId: event.contact.id,
    sentAt: event.at.toISOString(),
  };
  return contentsOf(event).map((content, part) => ({
    op: 'outbound' as const,
    ...shared,
    kind: content.attachment ? content.attachment.fileType : 'text',
    content: storable(content),
    quotedId: part === 0 ? gatewayIdOf(event.inReplyTo?.sourceId ?? null) : null,
    quotedChatwootId: part === 0 ? (event.inReplyTo?.messageId ?? null) : null,
    chatwootMessageId: part === 0 ? event.messageId : null,
  }));
}

function contentsOf(event: AgentMessage): OutboundContent[] {
  const base = { conversationId: event.conversationId, agentName: event.agentName };
  const text = event.text;
  const files = event.attachments;
  if (files.length === 0) return text.trim() ? [{ kind: 'text', text, ...base }] : [];
  // A voice note has no caption on WhatsApp: the text goes first, on its own.
  const captionable = files.findIndex((file) => file.fileType !== 'audio');
  const alone: OutboundContent[] = text.trim() && captionable === -1 ? [{ kind: 'text', text, ...base }] : [];
  return [
    ...alone,
    ...files.map((attachment, index): OutboundContent => ({ kind: 'media', text: index === captionable ? text : '', ...base, attachment })),
  ];
}

const gatewayIdOf = (sourceId: string | null): string | null => (sourceId?.startsWith('WAID:') ? sourceId.slice(5) : null);
