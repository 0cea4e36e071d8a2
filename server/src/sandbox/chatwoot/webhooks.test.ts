import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { asker, startChatwoot, startReceiver, stopPeers, until } from '../running-peers.fixture.ts';
import { conversationOfMaria, MARIA } from './conversation-of-maria.fixture.ts';

afterEach(stopPeers);

describe("the sandbox Chatwoot's webhooks", () => {
  it('are signed, in the real shape, for agents, customers and the Hub alike', async () => {
    const receiver = await startReceiver();
    const { api, ui } = await startChatwoot();
    const { inbox, contact, conversation, incoming, page } = await conversationOfMaria(api, `${receiver.url}/hook`);
    await incoming('oi');
    await ui('POST', `${page}/messages`, {
      text: '**olá**',
      inReplyTo: 1,
      file: { fileName: 'a.txt', mimeType: 'text/plain', base64: 'b2k=' },
    });
    await ui('POST', `${page}/messages`, { text: 'só nós', private: true });
    await until(() => receiver.received.length === 4);

    for (const { headers, raw } of receiver.received) {
      const timestamp = String(headers['x-chatwoot-timestamp']);
      expect(headers['x-chatwoot-signature']).toBe(
        `sha256=${createHmac('sha256', inbox.secret).update(`${timestamp}.${raw}`).digest('hex')}`,
      );
      expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(5);
      expect(headers['x-chatwoot-delivery']).toMatch(/^[0-9a-f-]{36}$/);
    }
    const created = receiver.ofEvent('message_created').map(({ body }) => body);
    const about = {
      conversation: {
        id: conversation.id,
        contact_inbox: { source_id: MARIA.source_id },
        meta: { sender: { id: contact.id, phone_number: MARIA.phone_number, type: 'contact' } },
        account: { id: 1 },
      },
    };
    const customer = created.find((body) => body['message_type'] === 'incoming');
    expect(customer).toMatchObject({
      ...about,
      content: 'oi',
      source_id: 'WAID:oi',
      private: false,
      sender: { id: contact.id, name: 'Maria' },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(customer).not.toHaveProperty('status');
    expect(customer?.['sender']).not.toHaveProperty('type');
    expect(created.find((body) => body['content'] === '**olá**')).toMatchObject({
      ...about,
      message_type: 'outgoing',
      source_id: null,
      sender: { name: 'Agente', type: 'user' },
      content_attributes: { in_reply_to: 1, in_reply_to_external_id: 'WAID:oi' },
      attachments: [{ file_type: 'file', file_size: 2, data_url: expect.stringMatching(/\/a\.txt$/) }],
    });
    expect(created.find((body) => body['private'] === true)).toMatchObject({
      content: 'só nós',
      conversation: { messages: [{ message_type: 1, content: '**olá**', status: 'sent' }] },
    });
  });

  it('a failed delivery marks the message failed, once, and is not tried again', async () => {
    const receiver = await startReceiver();
    receiver.state.status = 500;
    const { api, ui } = await startChatwoot();
    const { page, shown } = await conversationOfMaria(api, receiver.url);
    await ui('POST', `${page}/messages`, { text: 'olá' });
    await until(() => receiver.ofEvent('message_updated').length === 1);
    expect(await shown()).toMatchObject([{ status: 'failed', content_attributes: { external_error: '500 Internal Server Error' } }]);
    expect(receiver.ofEvent('message_created')).toHaveLength(1);
  });

  it('that take too long count as failed', async () => {
    const receiver = await startReceiver();
    receiver.state.holdMs = 200;
    const { api, ui } = await startChatwoot({ webhookTimeoutMs: 30 });
    const { page, shown } = await conversationOfMaria(api, receiver.url);
    await ui('POST', `${page}/messages`, { text: 'olá' });
    await until(() => receiver.ofEvent('message_updated').length === 1);
    expect(await shown()).toMatchObject([
      { status: 'failed', content_attributes: { external_error: 'Timed out reading data from server' } },
    ]);
  });

  it('an incoming message reopens a resolved conversation; a deletion is told', async () => {
    const receiver = await startReceiver();
    const { api, ui } = await startChatwoot();
    const { conversation, incoming, page } = await conversationOfMaria(api, receiver.url);
    const { id } = (await ui('POST', `${page}/messages`, { text: 'olá' })).json as { id: number };
    await ui('POST', `${page}/status`, { status: 'resolved' });
    await incoming('de novo');
    expect((await api('GET', `/conversations/${conversation.id}`)).json).toMatchObject({ status: 'open' });
    await ui('DELETE', `${page}/messages/${id}`);
    await until(() => receiver.ofEvent('message_updated').length === 1 && receiver.ofEvent('conversation_status_changed').length === 2);
    expect(receiver.ofEvent('message_updated')[0]?.body).toMatchObject({
      id,
      content: 'This message was deleted',
      content_attributes: { deleted: true },
    });
    expect(receiver.ofEvent('conversation_status_changed').map(({ body }) => body['changed_attributes'])).toEqual([null, null]);
    expect(receiver.ofEvent('conversation_updated').map(({ body }) => body['changed_attributes'])).toContainEqual([
      { status: { previous_value: 'resolved', current_value: 'open' } },
    ]);
  });

  it('go to the allowed origins only, when there are any', async () => {
    const receiver = await startReceiver();
    const { api, ui, url } = await startChatwoot({ webhookOrigins: () => ['https://hub.example'] });
    const { page, shown } = await conversationOfMaria(api, receiver.url);
    await ui('POST', `${page}/messages`, { text: 'olá' });
    expect(await shown()).toMatchObject([{ content: 'olá', status: 'failed' }]);
    // The conversation, the message, and the message as failed.
    expect((await asker(url, {})('GET', '/__control')).json).toMatchObject({ webhooks: { delivered: 0, failed: 3 } });
    expect(receiver.received).toEqual([]);
  });

  it('can be lost and repeated on purpose', async () => {
    const receiver = await startReceiver();
    const { chatwoot, api, ui } = await startChatwoot({ faults: { webhooks: { lost: 1, repeated: 0, delayMs: 0 } } });
    const { page } = await conversationOfMaria(api, receiver.url);
    await ui('POST', `${page}/messages`, { text: 'lost' });
    chatwoot.faults.set({ webhooks: { lost: 0, repeated: 1, delayMs: 5 } });
    await ui('POST', `${page}/messages`, { text: 'twice' });
    await until(() => receiver.received.length === 2);
    const [first, second] = receiver.received;
    expect(first?.raw).toBe(second?.raw);
    expect(first?.headers['x-chatwoot-delivery']).toBe(second?.headers['x-chatwoot-delivery']);
  });
});
