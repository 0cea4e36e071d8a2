import { describe, expect, test } from 'vitest';
import type { ChatwootEvent } from '#chatwoot';
import { planDelivery } from './plan-delivery.ts';

type AgentMessage = Extract<ChatwootEvent, { type: 'agent-message' }>;

const file = (id: number, fileType: string): AgentMessage['attachments'][number] => ({
  id,
  fileType,
  url: `https://chat.example/f/${id}`,
  fileName: `${id}`,
  sizeBytes: 10,
});
const message = (over: Partial<AgentMessage>): AgentMessage => ({
  type: 'agent-message',
  messageId: 7,
  conversationId: 3,
  sourceId: '5511988887777@s.whatsapp.net',
  contact: { id: 1, name: 'Ana', phone: '+5511988887777', identifier: null },
  text: '',
  attachments: [],
  inReplyTo: null,
  agentName: 'Bia',
  template: false,
  at: new Date('2026-01-01T00:00:00Z'),
  ...over,
});
const parts = (event: AgentMessage) =>
  planDelivery(event).map((item) => ({ kind: item.kind, text: (item.content as { text: string }).text, ticks: item.chatwootMessageId }));

describe('an agent’s message as WhatsApp messages', () => {
  test('text is one message', () => {
    expect(parts(message({ text: 'oi' }))).toEqual([{ kind: 'text', text: 'oi', ticks: 7 }]);
  });

  test('several files keep their order, the text goes once, the ticks belong to the first', () => {
    expect(parts(message({ text: 'veja', attachments: [file(1, 'audio'), file(2, 'image'), file(3, 'file')] }))).toEqual([
      { kind: 'audio', text: '', ticks: 7 },
      { kind: 'image', text: 'veja', ticks: null },
      { kind: 'file', text: '', ticks: null },
    ]);
  });

  test('a voice note has no caption: its text goes first, on its own', () => {
    expect(parts(message({ text: 'ouça', attachments: [file(1, 'audio')] }))).toEqual([
      { kind: 'text', text: 'ouça', ticks: 7 },
      { kind: 'audio', text: '', ticks: null },
    ]);
  });

  test('nothing to say is nothing to send', () => {
    expect(planDelivery(message({ text: '  \n' }))).toEqual([]);
  });

  test('a reply names what it quotes by WhatsApp’s id or by Chatwoot’s', () => {
    expect(planDelivery(message({ text: 'x', inReplyTo: { messageId: 5, sourceId: 'WAID:ABC' } }))[0]).toMatchObject({
      quotedId: 'ABC',
      quotedChatwootId: 5,
    });
    expect(planDelivery(message({ text: 'x', inReplyTo: { messageId: 5, sourceId: null } }))[0]).toMatchObject({
      quotedId: null,
      quotedChatwootId: 5,
    });
  });
});
