import { afterEach, describe, expect, it } from 'vitest';
import { apiOf, asker, startChatwoot, stopPeers } from '../running-peers.fixture.ts';
import { conversationOfMaria, MARIA } from './conversation-of-maria.fixture.ts';

afterEach(stopPeers);

describe("the sandbox Chatwoot's people", () => {
  it('knows its token in both spellings and no other, and keeps accounts apart', async () => {
    const { chatwoot, api, url } = await startChatwoot();
    chatwoot.addAccount({ id: 2, name: 'Outra', token: 'admin-2' });
    chatwoot.addAccount({ id: 3, name: 'Filial', token: 'admin-1' });
    const profile = async (headers: Readonly<Record<string, string>>) => asker(url, headers)('GET', '/api/v1/profile');
    expect((await profile({ 'api-access-token': 'admin-1' })).json).toMatchObject({ accounts: [{ id: 1 }, { id: 3 }] });
    expect((await profile({ api_access_token: 'admin-2' })).json).toMatchObject({ accounts: [{ id: 2, role: 'administrator' }] });
    expect(await profile({ 'api-access-token': 'nobody' })).toMatchObject({ status: 401, json: { error: 'Invalid Access Token' } });
    expect(await profile({})).toMatchObject({ status: 401, json: { errors: ['You need to sign in or sign up before continuing.'] } });
    expect((await apiOf(url, 'admin-2', 1)('GET', '/inboxes')).status).toBe(401);
    expect((await apiOf(url, 'admin-1', 99)('GET', '/inboxes')).status).toBe(404);

    const first = await conversationOfMaria(api);
    expect((await apiOf(url, 'admin-2', 2)('GET', `/inboxes/${first.inbox.id}`)).status).toBe(404);
    expect((await apiOf(url, 'admin-2', 2)('GET', `/contacts/${first.contact.id}`)).status).toBe(404);
    const second = await conversationOfMaria(apiOf(url, 'admin-2', 2));
    expect(second.inbox.id).not.toBe(first.inbox.id);
    expect(second.conversation.id).toBe(1);
  });

  it('shows the inbox secret to administrators only, and makes a new one when asked', async () => {
    const { chatwoot, api, url } = await startChatwoot();
    chatwoot.addAccount({ id: 1, name: 'Loja', token: 'agent-1', role: 'agent' });
    const agent = apiOf(url, 'agent-1');
    const { inbox } = await conversationOfMaria(api, 'https://hub.example/h');
    expect(inbox.secret).toHaveLength(24);
    expect((await agent('GET', `/inboxes/${inbox.id}`)).json).not.toHaveProperty('secret');
    expect((await agent('POST', '/inboxes', { name: 'B', channel: { type: 'api' } })).status).toBe(401);
    expect((await api('PATCH', `/inboxes/${inbox.id}`, { channel: { webhook_url: 'https://hub.example/2' } })).json).toMatchObject({
      webhook_url: 'https://hub.example/2',
      secret: inbox.secret,
    });
    const reset = (await api('POST', `/inboxes/${inbox.id}/reset_secret`)).json as { secret: string };
    expect(reset.secret).not.toBe(inbox.secret);
    expect((await api('POST', '/inboxes', { channel: { type: 'api' } })).status).toBe(422);
    expect((await api('POST', '/inboxes', { name: 'x', channel: { type: 'email' } })).status).toBe(422);
    await api('DELETE', `/inboxes/${inbox.id}`);
    expect((await api('GET', '/inboxes')).json).toEqual({ payload: [] });
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await api(method, `/inboxes/${inbox.id}`, method === 'GET' ? undefined : {})).status).toBe(404);
  });

  it('refuses a contact whose phone, identifier or source id is taken, each in its own way, and finds the holder', async () => {
    const { api } = await startChatwoot();
    const { inbox, contact } = await conversationOfMaria(api);
    const add = (fields: object) => api('POST', '/contacts', { inbox_id: inbox.id, name: 'X', ...fields });
    expect(await add({ source_id: 'other', phone_number: MARIA.phone_number })).toMatchObject({
      status: 422,
      json: { message: 'Phone number has already been taken' },
    });
    expect(await add({ source_id: MARIA.source_id })).toMatchObject({ status: 500 });
    expect(await add({ source_id: 'y', phone_number: '11' })).toMatchObject({
      status: 422,
      json: { message: 'Phone number should be in e164 format' },
    });
    expect((await add({ source_id: '77@lid', identifier: '77@lid', email: 'a@example.com' })).status).toBe(200);
    expect(await add({ source_id: 'z', identifier: '77@lid' })).toMatchObject({ status: 422, json: { attributes: ['identifier'] } });
    expect(await add({ source_id: 'z', email: 'a@example.com' })).toMatchObject({ status: 422, json: { attributes: ['email'] } });
    expect((await add({ inbox_id: 99 })).status).toBe(404);
    expect((await add({ inbox_id: null })).json).toMatchObject({ payload: { contact_inbox: { inbox: null } } });

    const bySource = (source_id: string) => api('POST', '/contact_inboxes/filter', { inbox_id: inbox.id, source_id });
    expect((await bySource(MARIA.source_id)).json).toMatchObject({ id: contact.id, contact_inboxes: [{ source_id: MARIA.source_id }] });
    expect((await bySource('nobody')).status).toBe(404);
    const condition = (attribute_key: string, value: string, query_operator: string | null) => ({
      attribute_key,
      filter_operator: 'equal_to',
      values: [value, 'unread'],
      query_operator,
    });
    const filter = async (...payload: object[]) => api('POST', '/contacts/filter', { payload });
    expect(
      (
        await filter(
          condition('phone_number', '5511988887777', 'OR'),
          condition('phone_number', '+551188887777', 'OR'),
          condition('identifier', '77@LID', null),
        )
      ).json,
    ).toMatchObject({
      meta: { count: 2 },
      payload: [{ id: contact.id }, { id: contact.id + 1 }],
    });
    expect((await filter(condition('phone_number', '1', 'OR'))).status).toBe(422);
    expect((await filter()).status).toBe(422);
  });
});

describe("the sandbox Chatwoot's conversations", () => {
  it('makes a new one each time, unless the inbox is locked to one', async () => {
    const { api } = await startChatwoot();
    const { inbox, contact, conversation, start } = await conversationOfMaria(api);
    const again = (rest: object = {}) => api('POST', '/conversations', { ...start, ...rest });
    expect((await again({ status: 'pending' })).json).toMatchObject({
      id: conversation.id + 1,
      status: 'pending',
      meta: { sender: { id: contact.id } },
    });
    await api('PATCH', `/inboxes/${inbox.id}`, { lock_to_single_conversation: true });
    expect((await again()).json).toMatchObject({ id: conversation.id + 1 });
    expect((await api('GET', `/contacts/${contact.id}/conversations`)).json).toMatchObject({
      payload: [{ inbox_id: inbox.id }, { inbox_id: inbox.id }],
    });

    const other = await api('POST', '/contacts', { inbox_id: inbox.id, source_id: 'o', name: 'O' });
    const { id: otherId } = (other.json as { payload: { contact: { id: number } } }).payload.contact;
    expect(await again({ contact_id: otherId })).toMatchObject({ status: 422, json: { error: 'source_id should be unique' } });
    expect((await again({ contact_id: 99 })).status).toBe(404);
    expect((await again({ inbox_id: 'x' })).status).toBe(422);
    const path = `/conversations?inbox_id=${inbox.id}&source_id=${encodeURIComponent(MARIA.source_id)}&status=all`;
    expect((await api('GET', path)).json).toMatchObject({
      data: { meta: { all_count: 2 }, payload: [{ id: conversation.id + 1 }, { id: conversation.id }] },
    });
    expect((await api('GET', '/conversations?updated_within=60')).json).toMatchObject({ data: { payload: [{ id: conversation.id }] } });
    expect((await api('POST', `/conversations/${conversation.id}/toggle_status`)).json).toMatchObject({
      payload: { current_status: 'resolved' },
    });
    expect((await api('POST', `/conversations/${conversation.id}/toggle_status`, { status: 'x' })).status).toBe(422);
    expect((await api('POST', `/conversations/${conversation.id}/toggle_typing_status`, { typing_status: 'on' })).status).toBe(200);
    expect((await api('POST', `/conversations/${conversation.id}/update_last_seen`)).json).toMatchObject({ unread_count: 0 });
    expect((await api('GET', '/conversations/99')).status).toBe(404);
  });
});

describe("the sandbox Chatwoot's messages", () => {
  it('is not idempotent: the same source id twice makes two messages', async () => {
    const { api } = await startChatwoot();
    const { incoming, shown } = await conversationOfMaria(api);
    await incoming('a');
    await incoming('a');
    expect((await shown()).map(({ source_id }) => source_id)).toEqual(['WAID:a', 'WAID:a']);
  });

  it('pages messages as Chatwoot does', async () => {
    const { api } = await startChatwoot();
    const { incoming, shown } = await conversationOfMaria(api);
    for (let count = 0; count < 30; count += 1) await incoming(`n${count}`);
    const ids = async (query: string): Promise<number[]> => (await shown(query)).map(({ id }) => id);
    expect(await ids('')).toEqual(Array.from({ length: 20 }, (_, index) => index + 11));
    expect(await ids('?before=11')).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    expect(await ids('?after=5')).toEqual(Array.from({ length: 25 }, (_, index) => index + 6));
    expect(await ids('?after=5&before=8')).toEqual([6, 7]);
  });

  it('resolves a reply inside its conversation, or clears it', async () => {
    const { api } = await startChatwoot();
    const { incoming, shown, messages } = await conversationOfMaria(api);
    await incoming('first');
    await api('POST', messages, { content: 'a', content_attributes: { in_reply_to_external_id: 'WAID:first' } });
    await api('POST', messages, { content: 'b', content_attributes: JSON.stringify({ in_reply_to: 99, mine: 1 }) });
    expect((await shown()).map((message) => message.content_attributes)).toEqual([
      {},
      { in_reply_to: 1, in_reply_to_external_id: 'WAID:first' },
      { in_reply_to: null, in_reply_to_external_id: null, mine: 1 },
    ]);
  });

  it('keeps a file byte for byte and serves it through a redirect', async () => {
    const { api, url } = await startChatwoot();
    const { messages, shown } = await conversationOfMaria(api);
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 256));
    const form = new FormData();
    form.set('content', 'veja\r\n--x');
    form.set('private', 'false');
    form.set('content_attributes', '{"external_echo":true}');
    form.append('attachments[]', new Blob([bytes], { type: 'image/png' }), 'nota "1".png');
    await fetch(`${url}/api/v1/accounts/1${messages}`, { method: 'POST', body: form, headers: { 'api-access-token': 'admin-1' } });
    const [message] = await shown();
    const link = message?.attachments?.[0];
    expect(message).toMatchObject({ content: 'veja\r\n--x', private: false, content_attributes: { external_echo: true } });
    expect(link).toMatchObject({ file_type: 'image', file_size: 5_000 });
    expect((await fetch(link?.data_url ?? '', { redirect: 'manual' })).status).toBe(302);
    const file = await fetch(link?.data_url ?? '');
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await fetch(`${url}/rails/active_storage/blobs/redirect/00/x`)).status).toBe(404);
    const broken = await fetch(`${url}/api/v1/accounts/1${messages}`, {
      method: 'POST',
      body: 'x',
      headers: { 'api-access-token': 'admin-1', 'content-type': 'multipart/form-data; boundary=y' },
    });
    expect(broken.status).toBe(422);
  });

  it('takes statuses with no guard but read → delivered', async () => {
    const { api } = await startChatwoot();
    const { messages, incoming, shown } = await conversationOfMaria(api);
    await incoming('x');
    const steps = [
      ['delivered', 'delivered'],
      ['sent', 'sent'],
      ['read', 'read'],
      ['delivered', 'read'],
      ['failed', 'failed'],
      ['nonsense', 'failed'],
    ] as const;
    for (const [set, expected] of steps) {
      expect((await api('PATCH', `${messages}/1`, { status: set, external_error: 'why' })).status).toBe(200);
      expect((await shown())[0]?.status).toBe(expected);
    }
    expect((await shown())[0]?.content_attributes).toEqual({ external_error: 'why' });
    expect((await api('PATCH', `${messages}/99`, { status: 'read' })).status).toBe(404);
    await api('DELETE', `${messages}/1`);
    expect((await shown())[0]).toMatchObject({ content: 'This message was deleted', content_attributes: { deleted: true } });
    expect((await api('DELETE', `${messages}/99`)).status).toBe(404);
  });

  it('guards against floods and absurd lengths', async () => {
    const { api } = await startChatwoot({ floodLimitPerMinute: 3 });
    const { messages, incoming } = await conversationOfMaria(api);
    expect((await api('POST', messages, { content: 'x'.repeat(150_001) })).status).toBe(422);
    expect((await api('POST', messages, { content: 7 })).status).toBe(422);
    for (const text of ['a', 'b', 'c']) expect((await incoming(text)).status).toBe(200);
    expect(await incoming('d')).toMatchObject({ status: 422, json: { error: 'Validation failed: Too many messages' } });
  });

  it('forgets the oldest messages above its limit', async () => {
    const { api } = await startChatwoot({ maxMessages: 3 });
    const { incoming, shown } = await conversationOfMaria(api);
    for (const text of ['a', 'b', 'c', 'd']) await incoming(text);
    expect((await shown()).map(({ content }) => content)).toEqual(['b', 'c', 'd']);
  });
});
