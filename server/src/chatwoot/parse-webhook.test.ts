import { describe, expect, it } from 'vitest';
import { parseChatwootWebhook } from './parse-webhook.ts';

type Body = Record<string, unknown>;

function conversation(changes: Body = {}): Body {
  return {
    id: 42,
    inbox_id: 7,
    channel: 'Channel::Api',
    status: 'open',
    labels: [],
    contact_inbox: { id: 3, contact_id: 9, inbox_id: 7, source_id: '5511999998888@s.whatsapp.net', hmac_verified: false },
    meta: {
      sender: { id: 9, name: 'Maria', email: null, phone_number: '+5511999998888', identifier: null, type: 'contact' },
      assignee: null,
    },
    messages: [{ id: 501, status: 'sent', message_type: 1, created_at: 1_781_697_600 }],
    updated_at: 1_781_697_600.5,
    account: { id: 1, name: 'Loja' },
    ...changes,
  };
}

function message(changes: Body = {}): Body {
  return {
    event: 'message_created',
    id: 501,
    content: 'Olá **Maria**',
    content_type: 'text',
    content_attributes: {},
    additional_attributes: {},
    message_type: 'outgoing',
    private: false,
    source_id: null,
    created_at: '2026-06-17T12:00:00.000Z',
    account: { id: 1, name: 'Loja' },
    inbox: { id: 7, name: 'WhatsApp' },
    sender: { id: 2, name: 'Ana Souza', email: 'ana@example.com', type: 'user' },
    conversation: conversation(),
    ...changes,
  };
}

describe('what a Chatwoot webhook means', () => {
  it('an agent message carries all that the road needs', () => {
    const parsed = parseChatwootWebhook(
      message({
        content_attributes: { in_reply_to: 400, in_reply_to_external_id: 'WAID:ABC' },
        attachments: [
          {
            id: 11,
            message_id: 501,
            file_type: 'image',
            data_url: 'https://chat.example.com/rails/active_storage/blobs/redirect/eyJf--a1/nota%20fiscal.png',
            file_size: 1_234,
          },
          { id: 12, file_type: 'location' },
        ],
      }),
    );
    expect(parsed).toEqual({
      key: 'message_created|501',
      event: {
        type: 'agent-message',
        messageId: 501,
        conversationId: 42,
        sourceId: '5511999998888@s.whatsapp.net',
        contact: { id: 9, name: 'Maria', phone: '+5511999998888', identifier: null },
        text: 'Olá **Maria**',
        attachments: [
          {
            id: 11,
            fileType: 'image',
            url: 'https://chat.example.com/rails/active_storage/blobs/redirect/eyJf--a1/nota%20fiscal.png',
            fileName: 'nota fiscal.png',
            sizeBytes: 1_234,
          },
        ],
        inReplyTo: { messageId: 400, sourceId: 'WAID:ABC' },
        agentName: 'Ana Souza',
        template: false,
        at: new Date('2026-06-17T12:00:00.000Z'),
      },
    });
  });

  it('a template and an automation message travel too, without an agent name', () => {
    expect(parseChatwootWebhook(message({ message_type: 'template', sender: null })).event).toMatchObject({
      type: 'agent-message',
      template: true,
      agentName: null,
      inReplyTo: null,
    });
    expect(parseChatwootWebhook(message({ sender: { id: 4, name: 'Robot', type: 'agent_bot' } })).event).toMatchObject({ agentName: null });
  });

  it.each<[string, Body]>([
    ['private note', { private: true }],
    ['incoming message', { message_type: 'incoming' }],
    ['activity message', { message_type: 2 }],
    ['echo of what the Hub wrote', { source_id: 'WAID:3EB0' }],
    ['written by another program', { source_id: 'abc' }],
    ['message updated', { event: 'message_updated' }],
    ['private note', { event: 'message_updated', private: true, content_attributes: { deleted: true } }],
    ['incoming message', { event: 'message_updated', message_type: 'incoming', content_attributes: { deleted: true } }],
  ])('WH-14: ignored as %s', (why, changes) => {
    expect(parseChatwootWebhook(message(changes)).event).toEqual({ type: 'ignored', why });
  });

  it.each([
    'conversation_created',
    'conversation_updated',
    'conversation_status_changed',
    'conversation_typing_on',
    'contact_updated',
    'webwidget_triggered',
  ])('%s is ignored by its name', (event) => {
    expect(parseChatwootWebhook({ event, ...conversation() }).event).toEqual({ type: 'ignored', why: event });
  });

  it('a message deleted by an agent is told once, whatever changes after it', () => {
    const deleted = message({ event: 'message_updated', content: 'This message was deleted', content_attributes: { deleted: true } });
    const parsed = parseChatwootWebhook(deleted);
    expect(parsed).toEqual({ key: 'message_updated|501|deleted', event: { type: 'message-deleted', messageId: 501, conversationId: 42 } });
    expect(parseChatwootWebhook({ ...deleted, conversation: conversation({ messages: [{ id: 501, status: 'read' }] }) }).key).toBe(
      parsed.key,
    );
  });
});

describe('WH-05: the key of a Chatwoot webhook', () => {
  it('is the same when an account webhook and an inbox webhook report one message', () => {
    const later = message({ conversation: conversation({ status: 'resolved', messages: [] }), content: 'changed meanwhile' });
    expect(parseChatwootWebhook(later).key).toBe(parseChatwootWebhook(message()).key);
  });

  it('differs between events, between messages and between updates that change the status or the content', () => {
    const updated = (changes: Body): string => parseChatwootWebhook(message({ event: 'message_updated', ...changes })).key;
    const keys = [
      parseChatwootWebhook(message()).key,
      parseChatwootWebhook(message({ id: 502 })).key,
      updated({}),
      updated({ id: 502 }),
      updated({ content: 'other' }),
      updated({ content_attributes: { external_error: 'x' } }),
      updated({ conversation: conversation({ messages: [{ id: 501, status: 'read' }] }) }),
      parseChatwootWebhook({ event: 'conversation_updated', ...conversation() }).key,
      parseChatwootWebhook({ event: 'conversation_updated', ...conversation({ updated_at: 1 }) }).key,
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('does not depend on the order of the keys in the body', () => {
    const body = { event: 'conversation_updated', ...conversation() };
    const turned = Object.fromEntries(Object.entries(body).reverse());
    expect(parseChatwootWebhook(turned).key).toBe(parseChatwootWebhook(body).key);
  });

  it('never passes 200 characters', () => {
    expect(parseChatwootWebhook({ event: 'x'.repeat(5_000) }).key.length).toBeLessThanOrEqual(200);
    expect(parseChatwootWebhook({ event: 'y'.repeat(5_000), id: 1 }).event).toEqual({ type: 'ignored', why: 'y'.repeat(60) });
  });
});

describe('hostile Chatwoot webhooks', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 20_000; level += 1) deep = { deep };

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', [message()]],
    ['a text', 'message_created'],
    ['no event', { id: 1 }],
    ['an event that is no text', { event: 5 }],
    ['a message without an id', message({ id: undefined })],
    ['a message with an id that is a text', message({ id: '501' })],
    ['a message without a conversation', message({ conversation: null })],
    ['a message without a contact', message({ conversation: conversation({ meta: {} }) })],
  ])('%s is unrecognised, not an exception', (_what, body) => {
    expect(parseChatwootWebhook(body).event.type).toBe('unrecognised');
  });

  it.each<[string, Body]>([
    ['content attributes that are a list', { content_attributes: [] }],
    ['content attributes 20,000 levels deep', { content_attributes: { deep } }],
    ['attachments that are a text', { attachments: 'x' }],
    ['an attachment with a link that is no address', { attachments: [{ id: 1, data_url: 'nonsense', file_size: -1 }] }],
    ['a date that is no date', { created_at: 'yesterday' }],
    ['no date', { created_at: null }],
    ['a sender that is a number', { sender: 4 }],
    ['no content', { content: null }],
    ['a reply to nonsense', { content_attributes: { in_reply_to: 'x', in_reply_to_external_id: 7 } }],
  ])('an agent message with %s still travels', (_what, changes) => {
    expect(parseChatwootWebhook(message(changes)).event.type).toBe('agent-message');
  });

  it('depth costs no stack', () => {
    expect(parseChatwootWebhook({ event: 'conversation_updated', deep }).event.type).toBe('ignored');
    expect(parseChatwootWebhook(message({ event: 'message_updated', content_attributes: { deep } })).event.type).toBe('ignored');
  });
});
