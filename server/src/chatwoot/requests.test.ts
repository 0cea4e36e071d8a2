import { afterEach, describe, expect, it } from 'vitest';
import { scriptedPeer, TOKEN, type Scripted, type ScriptedPeer } from './scripted-peer.fixture.ts';

let peer: ScriptedPeer;
afterEach(() => peer.close());

const ok = (json: unknown): Scripted => ({ status: 200, json });
const body = (index = 0): unknown => JSON.parse(peer.asked[index]?.body ?? 'null');
const asked = (index = 0): string => `${peer.asked[index]?.method ?? ''} ${peer.asked[index]?.url ?? ''}`;

const INBOX = {
  id: 5,
  name: 'Vendas',
  channel_type: 'Channel::Api',
  webhook_url: 'https://hub.example/hooks/x',
  secret: 'abc',
  unknown_key: 1,
};
const CONVERSATION = { id: 9, inbox_id: 5, status: 'open', meta: { sender: { id: 4 } } };

describe('requests to Chatwoot', () => {
  it('carry the token in the header that survives proxies, and nowhere else', async () => {
    peer = await scriptedPeer(ok({ id: 1, name: 'Ana', accounts: [{ id: 3, name: 'Loja', role: 'administrator', extra: true }] }));
    expect(await peer.client.profile()).toEqual({
      ok: true,
      value: { userId: 1, name: 'Ana', accounts: [{ id: 3, name: 'Loja', role: 'administrator' }] },
    });
    expect(asked()).toBe('GET /api/v1/profile');
    expect(peer.asked[0]?.headers['api-access-token']).toBe(TOKEN);
    expect(peer.asked[0]?.headers['api_access_token']).toBeUndefined();
  });

  it('inboxes: list, read, create, set the webhook', async () => {
    const shown = { id: 5, name: 'Vendas', channelType: 'Channel::Api', webhookUrl: 'https://hub.example/hooks/x', secret: 'abc' };
    peer = await scriptedPeer(ok({ payload: [INBOX, { id: 6, name: null, channel_type: 'Channel::Email' }] }), ok(INBOX));
    expect(await peer.client.listInboxes()).toEqual({
      ok: true,
      value: [shown, { id: 6, name: '', channelType: 'Channel::Email', webhookUrl: null, secret: null }],
    });
    expect(await peer.client.getInbox(5)).toEqual({ ok: true, value: shown });
    expect(await peer.client.createApiInbox({ name: 'Vendas', webhookUrl: 'https://hub.example/hooks/x' })).toEqual({
      ok: true,
      value: shown,
    });
    expect(await peer.client.setInboxWebhook(5, 'https://hub.example/hooks/y')).toEqual({ ok: true, value: shown });
    expect([0, 1, 2, 3].map(asked)).toEqual([
      'GET /api/v1/accounts/3/inboxes',
      'GET /api/v1/accounts/3/inboxes/5',
      'POST /api/v1/accounts/3/inboxes',
      'PATCH /api/v1/accounts/3/inboxes/5',
    ]);
    expect(body(2)).toEqual({ name: 'Vendas', channel: { type: 'api', webhook_url: 'https://hub.example/hooks/x' } });
    expect(body(3)).toEqual({ channel: { webhook_url: 'https://hub.example/hooks/y' } });
  });

  const NEW = { inboxId: 5, sourceId: '5511@s.whatsapp.net', name: 'Maria', phone: '+5511', identifier: null };

  it('a new contact comes with its contact inbox; absent values are not sent', async () => {
    peer = await scriptedPeer(ok({ payload: { contact: { id: 4, name: 'Maria', phone_number: '+5511' } } }));
    expect(await peer.client.createContact(NEW)).toEqual({ ok: true, value: { created: { id: 4, name: 'Maria', phone: '+5511' } } });
    expect(body()).toEqual({ inbox_id: 5, source_id: '5511@s.whatsapp.net', name: 'Maria', phone_number: '+5511' });
  });

  it('a contact that exists is `taken`: by phone, and by a source id that Chatwoot answers with a bare 500', async () => {
    peer = await scriptedPeer(
      { status: 422, json: { message: 'Phone number has already been taken', attributes: ['phone_number'] } },
      { status: 500, json: { status: 500, error: 'Internal Server Error' } },
      ok({ id: 4, name: 'Maria', phone_number: '' }),
    );
    expect(await peer.client.createContact(NEW)).toEqual({ ok: true, value: { taken: true } });
    expect(await peer.client.createContact(NEW)).toEqual({ ok: true, value: { taken: true } });
    expect(asked(2)).toBe('POST /api/v1/accounts/3/contact_inboxes/filter');
  });

  it('a 500 with nobody behind the source id stays unknown', async () => {
    peer = await scriptedPeer({ status: 500, json: {} }, { status: 404, json: { error: 'Resource could not be found' } });
    expect(await peer.client.createContact(NEW)).toMatchObject({ ok: false, failure: { kind: 'unavailable', certainty: 'unknown' } });
  });

  it('an invalid phone is a refusal, not `taken`', async () => {
    peer = await scriptedPeer({ status: 422, json: { message: 'Phone number should be in e164 format' } });
    expect(await peer.client.createContact(NEW)).toMatchObject({ ok: false, failure: { kind: 'rejected', retry: 'never' } });
  });

  it('contacts are found by source id, or not at all', async () => {
    peer = await scriptedPeer(ok({ id: 4, name: null, phone_number: '' }), { status: 404, json: { error: 'Resource could not be found' } });
    expect(await peer.client.findContactBySourceId(5, 'x')).toEqual({ ok: true, value: { id: 4, name: null, phone: null } });
    expect(await peer.client.findContactBySourceId(5, 'x')).toEqual({ ok: true, value: null });
    expect(body()).toEqual({ inbox_id: 5, source_id: 'x' });
  });

  it('contacts are found by any phone or the identifier, one condition each', async () => {
    peer = await scriptedPeer(ok({ meta: {}, payload: [{ id: 4, name: 'M' }] }));
    expect(await peer.client.findContacts({ phones: ['+5511988887777', '+551188887777'], identifier: '77@lid' })).toMatchObject({
      ok: true,
      value: [{ id: 4 }],
    });
    expect(body()).toEqual({
      payload: [
        { attribute_key: 'phone_number', filter_operator: 'equal_to', values: ['5511988887777'], query_operator: 'OR' },
        { attribute_key: 'phone_number', filter_operator: 'equal_to', values: ['551188887777'], query_operator: 'OR' },
        { attribute_key: 'identifier', filter_operator: 'equal_to', values: ['77@lid'], query_operator: null },
      ],
    });
    expect(await peer.client.findContacts({ phones: [], identifier: null })).toEqual({ ok: true, value: [] });
    expect(peer.asked).toHaveLength(1);
  });

  it("a contact's conversations: this inbox only, newest first", async () => {
    peer = await scriptedPeer(
      ok({
        payload: [CONVERSATION, { ...CONVERSATION, id: 12, status: 'resolved', meta: null }, { ...CONVERSATION, id: 11, inbox_id: 6 }],
      }),
    );
    expect(await peer.client.listConversations(5, 4)).toEqual({
      ok: true,
      value: [
        { id: 12, status: 'resolved', contactId: null },
        { id: 9, status: 'open', contactId: 4 },
      ],
    });
    expect(asked()).toBe('GET /api/v1/accounts/3/contacts/4/conversations');
  });

  it('a new conversation', async () => {
    peer = await scriptedPeer(ok(CONVERSATION));
    expect(await peer.client.createConversation({ inboxId: 5, contactId: 4, sourceId: 'x', status: 'pending' })).toEqual({
      ok: true,
      value: { id: 9, status: 'open', contactId: 4 },
    });
    expect(body()).toEqual({ inbox_id: 5, contact_id: 4, source_id: 'x', status: 'pending' });
  });

  it('a text message goes as JSON', async () => {
    peer = await scriptedPeer(ok({ id: 77 }));
    const sent = await peer.client.createMessage(9, {
      direction: 'from-company',
      text: 'oi',
      sourceId: 'WAID:1',
      inReplyTo: { messageId: 70 },
      externalEcho: true,
    });
    expect(sent).toEqual({ ok: true, value: { id: 77 } });
    expect(asked()).toBe('POST /api/v1/accounts/3/conversations/9/messages');
    expect(body()).toEqual({
      content: 'oi',
      message_type: 'outgoing',
      private: false,
      source_id: 'WAID:1',
      content_attributes: { in_reply_to: 70, external_echo: true },
    });
  });

  it('a message with a file goes as a form, streamed', async () => {
    peer = await scriptedPeer(ok({ id: 78 }));
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('OggS');
      await Promise.resolve();
      yield Buffer.from('rest');
    }
    await peer.client.createMessage(9, {
      direction: 'from-contact',
      text: '',
      sourceId: 'WAID:2',
      inReplyTo: { sourceId: 'WAID:1' },
      attachment: { fileName: 'voz.ogg', mimeType: 'audio/ogg', content: chunks(), voice: true },
    });
    const form = peer.asked[0];
    expect(form?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(form?.body).toContain('OggSrest');
    expect(form?.body).toContain('name="attachments[]"; filename="voz.ogg"');
    expect(form?.body).toMatch(/name="is_voice_message"\r\n\r\ntrue/);
    expect(form?.body).toContain('{"in_reply_to_external_id":"WAID:1"}');
  });

  it('a message is looked for by source id, page by page, and the search ends', async () => {
    const page = (from: number): unknown => ({
      payload: Array.from({ length: 20 }, (_, index) => ({ id: from + index, source_id: `WAID:${from + index}` })),
    });
    peer = await scriptedPeer(ok(page(100)), ok(page(80)));
    expect(await peer.client.findMessage(9, 'WAID:85')).toEqual({ ok: true, value: { id: 85 } });
    expect(peer.asked.map((request) => request.url.split('/').at(-1))).toEqual(['messages', 'messages?before=100']);
    expect(await peer.client.findMessage(9, 'WAID:nowhere')).toEqual({ ok: true, value: null });
    expect(peer.asked).toHaveLength(5);
  });

  it('a short page ends the search for a message', async () => {
    peer = await scriptedPeer(ok({ payload: [{ id: 1, source_id: null }] }));
    expect(await peer.client.findMessage(9, 'WAID:1')).toEqual({ ok: true, value: null });
    expect(peer.asked).toHaveLength(1);
  });

  it('a status goes back with its sentence', async () => {
    peer = await scriptedPeer(ok({ id: 1 }), { status: 403, json: { error: 'Message status update is only allowed for API inboxes' } });
    expect(await peer.client.setMessageStatus(9, 77, 'failed', 'O número não existe')).toEqual({ ok: true, value: undefined });
    expect(asked()).toBe('PATCH /api/v1/accounts/3/conversations/9/messages/77');
    expect(body()).toEqual({ status: 'failed', external_error: 'O número não existe' });
    expect(await peer.client.setMessageStatus(9, 77, 'read')).toMatchObject({ ok: false, failure: { kind: 'rejected', retry: 'never' } });
  });
});

describe("a message's file", () => {
  const read = async (content: AsyncIterable<Uint8Array>): Promise<string> => {
    let text = '';
    for await (const chunk of content) text += Buffer.from(chunk).toString();
    return text;
  };

  it('is read through a redirect, without the token', async () => {
    peer = await scriptedPeer(
      { status: 302, text: '', headers: { location: '/storage/1' } },
      { status: 200, text: 'bytes', headers: { 'content-type': 'image/PNG; charset=x', 'content-length': '5' } },
    );
    const file = await peer.client.fetchAttachment(`${peer.url}/rails/1`);
    if (!file.ok) throw new Error('expected a file');
    expect(file.value).toMatchObject({ mimeType: 'image/png', sizeBytes: 5 });
    expect(await read(file.value.content)).toBe('bytes');
    expect(peer.asked.every((request) => request.headers['api-access-token'] === undefined)).toBe(true);
  });

  it('gives up after three redirects', async () => {
    peer = await scriptedPeer({ status: 302, text: '', headers: { location: '/again' } });
    expect(await peer.client.fetchAttachment(`${peer.url}/x`)).toMatchObject({
      ok: false,
      failure: { kind: 'invalid-answer', scope: 'message' },
    });
    expect(peer.asked).toHaveLength(4);
  });

  it.each([
    [404, 'not-found', 'later'],
    [403, 'not-found', 'later'],
    [401, 'rejected', 'never'],
    [410, 'rejected', 'never'],
    [503, 'unavailable', 'later'],
  ] as const)('%i is %s, %s: storage may lag, and says nothing about Chatwoot as a whole', async (status, kind, retry) => {
    peer = await scriptedPeer({ status, text: 'NoSuchKey' });
    expect(await peer.client.fetchAttachment(`${peer.url}/x`)).toMatchObject({
      ok: false,
      failure: { kind, retry, scope: 'message', certainty: 'not-sent' },
    });
  });

  it('of an unknown kind is bytes; too large a one is refused before it is read', async () => {
    peer = await scriptedPeer(
      { status: 200, text: 'x', headers: { 'content-type': 'nonsense' } },
      { status: 200, text: 'x', headers: { 'content-length': String(200 * 1024 * 1024) } },
    );
    const file = await peer.client.fetchAttachment(`${peer.url}/x`);
    if (!file.ok) throw new Error('expected a file');
    expect(file.value.mimeType).toBe('application/octet-stream');
    await read(file.value.content);
    expect(await peer.client.fetchAttachment(`${peer.url}/x`)).toMatchObject({ ok: false, failure: { kind: 'too-large', retry: 'never' } });
  });
});
