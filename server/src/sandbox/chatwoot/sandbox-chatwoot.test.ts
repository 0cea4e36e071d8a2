import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseChatwootWebhook, verifyChatwootSignature, type ChatwootClient } from '#chatwoot';
import { Secret } from '#platform/crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { asker, startChatwoot, startReceiver, stopPeers, until, valueOf } from '../running-peers.fixture.ts';

afterEach(stopPeers);

const MARIA = { sourceId: '5511988887777@s.whatsapp.net', name: 'Maria', phone: '+5511988887777', identifier: null };

async function withConversation(client: ChatwootClient, webhookUrl = '') {
  const inbox = valueOf(await client.createApiInbox({ name: 'WhatsApp', webhookUrl }));
  const made = valueOf(await client.createContact({ inboxId: inbox.id, ...MARIA }));
  if (!('created' in made)) throw new Error('expected a new contact');
  const conversation = valueOf(
    await client.createConversation({ inboxId: inbox.id, contactId: made.created.id, sourceId: MARIA.sourceId }),
  );
  return { inbox, contact: made.created, conversation };
}

const incoming = (text: string, sourceId = `WAID:${text}`) => ({ direction: 'from-contact', text, sourceId }) as const;

describe('the sandbox Chatwoot, seen through the real client', () => {
  it('knows its token in both spellings and no other, and keeps accounts apart', async () => {
    const { chatwoot, client, url } = await startChatwoot();
    chatwoot.addAccount({ id: 2, name: 'Outra', token: 'admin-2' });
    chatwoot.addAccount({ id: 3, name: 'Filial', token: 'admin-1' });
    expect(valueOf(await client().profile()).accounts.map(({ id }) => id)).toEqual([1, 3]);
    expect((await asker(url, { api_access_token: 'admin-2' })('GET', '/api/v1/profile')).json).toMatchObject({
      accounts: [{ id: 2, role: 'administrator' }],
    });
    expect(await client('nobody').profile()).toMatchObject({ ok: false, failure: { kind: 'credentials' } });
    expect(await client('admin-2', 1).listInboxes()).toMatchObject({ ok: false, failure: { kind: 'credentials' } });
    expect(await client('admin-1', 99).listInboxes()).toMatchObject({ ok: false, failure: { kind: 'not-found' } });
    expect((await asker(url, {})('GET', '/api/v1/profile')).json).toEqual({
      errors: ['You need to sign in or sign up before continuing.'],
    });

    const { inbox } = await withConversation(client());
    expect(await client('admin-2', 2).getInbox(inbox.id)).toMatchObject({ ok: false, failure: { kind: 'not-found' } });
    const second = await withConversation(client('admin-2', 2));
    expect(second.inbox.id).not.toBe(inbox.id);
    expect(second.conversation.id).toBe(1);
  });

  it('shows the inbox secret to administrators only', async () => {
    const { chatwoot, client } = await startChatwoot();
    chatwoot.addAccount({ id: 1, name: 'Loja', token: 'agent-1', role: 'agent' });
    const inbox = valueOf(await client().createApiInbox({ name: 'A', webhookUrl: 'https://hub.example/h' }));
    expect(inbox.secret).toHaveLength(24);
    expect(valueOf(await client('agent-1').getInbox(inbox.id)).secret).toBeNull();
    expect(await client('agent-1').createApiInbox({ name: 'B', webhookUrl: '' })).toMatchObject({
      ok: false,
      failure: { kind: 'credentials' },
    });
    expect(valueOf(await client().setInboxWebhook(inbox.id, 'https://hub.example/h2')).webhookUrl).toBe('https://hub.example/h2');
    expect(valueOf(await client().listInboxes())).toHaveLength(1);
  });

  it('refuses a contact whose phone, identifier or source id is taken, each in its own way, and finds the holder', async () => {
    const { client, api } = await startChatwoot();
    const { inbox, contact } = await withConversation(client());
    const base = { inboxId: inbox.id, name: 'X' };
    const taken = { ok: true, value: { taken: true } };
    expect(await client().createContact({ ...base, sourceId: 'other', phone: MARIA.phone, identifier: null })).toEqual(taken);
    expect(await client().createContact({ ...base, sourceId: MARIA.sourceId, phone: null, identifier: null })).toEqual(taken);
    expect((await api('POST', '/api/v1/accounts/1/contacts', { inbox_id: inbox.id, source_id: MARIA.sourceId })).status).toBe(500);
    expect(await client().createContact({ ...base, sourceId: 'y', phone: '11', identifier: null })).toMatchObject({
      ok: false,
      failure: { kind: 'rejected' },
    });
    valueOf(await client().createContact({ ...base, sourceId: '77@lid', phone: null, identifier: '77@lid' }));
    expect(await client().createContact({ ...base, sourceId: 'z', phone: null, identifier: '77@lid' })).toEqual(taken);

    expect(valueOf(await client().findContactBySourceId(inbox.id, MARIA.sourceId))).toMatchObject({ id: contact.id, phone: MARIA.phone });
    expect(valueOf(await client().findContactBySourceId(inbox.id, 'nobody'))).toBeNull();
    const found = valueOf(await client().findContacts({ phones: ['+5511988887777', '+551188887777'], identifier: '77@lid' }));
    expect(found.map(({ id }) => id).sort()).toEqual([contact.id, contact.id + 1]);
  });

  it('makes a new conversation each time, unless the inbox is locked to one', async () => {
    const { client, api } = await startChatwoot();
    const { inbox, contact, conversation } = await withConversation(client());
    const again = { inboxId: inbox.id, contactId: contact.id, sourceId: MARIA.sourceId };
    expect(valueOf(await client().createConversation({ ...again, status: 'pending' }))).toEqual({
      id: conversation.id + 1,
      status: 'pending',
      contactId: contact.id,
    });
    await api('PATCH', `/api/v1/accounts/1/inboxes/${inbox.id}`, { lock_to_single_conversation: true });
    expect(valueOf(await client().createConversation(again)).id).toBe(conversation.id + 1);
    expect(valueOf(await client().listConversations(inbox.id, contact.id)).map(({ id }) => id)).toEqual([
      conversation.id + 1,
      conversation.id,
    ]);

    const other = valueOf(await client().createContact({ inboxId: inbox.id, sourceId: 'o', name: 'O', phone: null, identifier: null }));
    if (!('created' in other)) throw new Error('expected a contact');
    expect(await client().createConversation({ ...again, contactId: other.created.id })).toMatchObject({
      ok: false,
      failure: { kind: 'rejected', detail: expect.stringContaining('source_id should be unique') },
    });
    const listed = await api(
      'GET',
      `/api/v1/accounts/1/conversations?inbox_id=${inbox.id}&source_id=${encodeURIComponent(MARIA.sourceId)}&status=all`,
    );
    expect(listed.json).toMatchObject({
      data: { meta: { all_count: 2 }, payload: [{ id: conversation.id + 1 }, { id: conversation.id }] },
    });
  });

  it('is not idempotent: the same source id twice makes two messages', async () => {
    const { client } = await startChatwoot();
    const { conversation } = await withConversation(client());
    const first = valueOf(await client().createMessage(conversation.id, incoming('a')));
    const second = valueOf(await client().createMessage(conversation.id, incoming('a')));
    expect(second.id).toBe(first.id + 1);
    expect(valueOf(await client().findMessage(conversation.id, 'WAID:a'))).not.toBeNull();
    expect(valueOf(await client().findMessage(conversation.id, 'WAID:b'))).toBeNull();
    for (let count = 0; count < 45; count += 1) await client().createMessage(conversation.id, incoming(`n${count}`));
    expect(valueOf(await client().findMessage(conversation.id, 'WAID:a'))).toEqual({ id: first.id });
  });

  it('pages messages as Chatwoot does', async () => {
    const { client, api } = await startChatwoot();
    const { conversation } = await withConversation(client());
    for (let count = 0; count < 30; count += 1) await client().createMessage(conversation.id, incoming(`n${count}`));
    const ids = async (query: string): Promise<number[]> => {
      const { json } = await api('GET', `/api/v1/accounts/1/conversations/${conversation.id}/messages${query}`);
      return (json as { payload: { id: number }[] }).payload.map(({ id }) => id);
    };
    expect(await ids('')).toEqual(Array.from({ length: 20 }, (_, index) => index + 11));
    expect(await ids('?before=11')).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    expect(await ids('?after=5')).toEqual(Array.from({ length: 25 }, (_, index) => index + 6));
    expect(await ids('?after=5&before=8')).toEqual([6, 7]);
  });

  it('resolves a reply inside its conversation, or clears it', async () => {
    const { client, api } = await startChatwoot();
    const { conversation } = await withConversation(client());
    const first = valueOf(await client().createMessage(conversation.id, incoming('first')));
    await client().createMessage(conversation.id, { ...incoming('reply'), inReplyTo: { sourceId: 'WAID:first' } });
    await client().createMessage(conversation.id, { ...incoming('lost'), inReplyTo: { sourceId: 'WAID:nowhere' } });
    const { json } = await api('GET', `/api/v1/accounts/1/conversations/${conversation.id}/messages`);
    expect(json).toMatchObject({
      payload: [
        {},
        { content_attributes: { in_reply_to: first.id, in_reply_to_external_id: 'WAID:first' } },
        { content_attributes: { in_reply_to: null, in_reply_to_external_id: null } },
      ],
    });
  });

  it('keeps a file byte for byte and serves it through a redirect', async () => {
    const { client, url } = await startChatwoot();
    const { conversation } = await withConversation(client());
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 256));
    await client().createMessage(conversation.id, {
      ...incoming('veja\r\n--x'),
      attachment: { fileName: 'nota "1".png', mimeType: 'image/png', content: bytes, voice: false },
    });
    const listed = await asker(url, { 'api-access-token': 'admin-1' })(
      'GET',
      `/api/v1/accounts/1/conversations/${conversation.id}/messages`,
    );
    const [message] = (
      listed.json as { payload: { content: string; attachments: { data_url: string; file_type: string; file_size: number }[] }[] }
    ).payload;
    const link = message?.attachments[0];
    expect(message?.content).toBe('veja\r\n--x');
    expect(link).toMatchObject({ file_type: 'image', file_size: 5_000 });
    expect((await fetch(link?.data_url ?? '', { redirect: 'manual' })).status).toBe(302);
    const file = valueOf(await client().fetchAttachment(link?.data_url ?? ''));
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.content) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(file).toMatchObject({ mimeType: 'image/png', sizeBytes: 5_000 });
    expect(await client().fetchAttachment(`${url}/rails/active_storage/blobs/redirect/00/x`)).toMatchObject({
      ok: false,
      failure: { kind: 'not-found', retry: 'later' },
    });
  });

  it('takes statuses with no guard but read → delivered', async () => {
    const { client, api } = await startChatwoot();
    const { conversation } = await withConversation(client());
    const { id } = valueOf(await client().createMessage(conversation.id, { direction: 'from-company', text: 'x', sourceId: 'WAID:x' }));
    const status = async (): Promise<unknown> => {
      const { json } = await api('GET', `/api/v1/accounts/1/conversations/${conversation.id}/messages`);
      return (json as { payload: { status: string }[] }).payload[0]?.status;
    };
    const steps = [
      ['delivered', 'delivered'],
      ['sent', 'sent'],
      ['read', 'read'],
      ['delivered', 'read'],
      ['failed', 'failed'],
    ] as const;
    for (const [set, shown] of steps) {
      valueOf(await client().setMessageStatus(conversation.id, id, set, 'why'));
      expect(await status()).toBe(shown);
    }
    await api('PATCH', `/api/v1/accounts/1/conversations/${conversation.id}/messages/${id}`, { status: 'nonsense' });
    expect(await status()).toBe('failed');
    expect(await client().setMessageStatus(conversation.id, 999, 'read')).toMatchObject({ ok: false, failure: { kind: 'not-found' } });
  });

  it('guards against floods per conversation', async () => {
    const { client } = await startChatwoot({ floodLimitPerMinute: 3 });
    const { conversation } = await withConversation(client());
    for (const text of ['a', 'b', 'c']) valueOf(await client().createMessage(conversation.id, incoming(text)));
    expect(await client().createMessage(conversation.id, incoming('d'))).toMatchObject({
      ok: false,
      failure: { kind: 'throttled', retryAfterMs: 60_000, scope: 'message' },
    });
  });
});

describe("the sandbox Chatwoot's webhooks", () => {
  it('are signed, in the real shape, for agents, customers and the Hub alike', async () => {
    const receiver = await startReceiver();
    const { client, ui } = await startChatwoot();
    const { inbox, contact, conversation } = await withConversation(client(), `${receiver.url}/hook`);
    await client().createMessage(conversation.id, incoming('oi'));
    await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, {
      text: '**olá**',
      inReplyTo: 1,
      file: { fileName: 'a.txt', mimeType: 'text/plain', base64: 'b2k=' },
    });
    await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, { text: 'só nós', private: true });
    await until(() => receiver.received.length === 4);

    for (const { headers, raw } of receiver.received) {
      const offered = {
        signature: String(headers['x-chatwoot-signature']),
        timestamp: String(headers['x-chatwoot-timestamp']),
        rawBody: Buffer.from(raw),
      };
      expect(verifyChatwootSignature(offered, [new Secret(inbox.secret ?? '')], new Date())).toBe('valid');
      expect(headers['x-chatwoot-delivery']).toMatch(/^[0-9a-f-]{36}$/);
    }
    const events = receiver.ofEvent('message_created').map(({ body }) => parseChatwootWebhook(body).event);
    expect(events).toContainEqual({ type: 'ignored', why: 'incoming message' });
    expect(events).toContainEqual({ type: 'ignored', why: 'private note' });
    expect(events.find((event) => event.type === 'agent-message')).toMatchObject({
      conversationId: conversation.id,
      sourceId: MARIA.sourceId,
      contact: { id: contact.id, phone: MARIA.phone, name: 'Maria', identifier: null },
      text: '**olá**',
      agentName: 'Agente',
      attachments: [{ fileType: 'file', fileName: 'a.txt', sizeBytes: 2 }],
      inReplyTo: { messageId: 1, sourceId: 'WAID:oi' },
    });
    const [created] = receiver.ofEvent('message_created');
    expect(created?.body).toMatchObject({
      message_type: 'incoming',
      private: false,
      conversation: { messages: [{ message_type: 0, status: 'sent' }], account: { id: 1 } },
    });
    expect(created?.body['created_at']).toMatch(/^\d{4}-.*Z$/);
    expect(created?.body).not.toHaveProperty('status');
  });

  it('a failed delivery marks the message failed, once, and is not tried again', async () => {
    const receiver = await startReceiver();
    receiver.state.status = 500;
    const { client, ui } = await startChatwoot();
    const { conversation } = await withConversation(client(), receiver.url);
    await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, { text: 'olá' });
    await until(() => receiver.ofEvent('message_updated').length === 1);
    const { json } = await ui('GET', `/ui/accounts/1/conversations/${conversation.id}/messages`);
    expect(json).toMatchObject({ payload: [{ status: 'failed', content_attributes: { external_error: '500 Internal Server Error' } }] });
    expect(receiver.ofEvent('message_created')).toHaveLength(1);
  });

  it('time out', async () => {
    const receiver = await startReceiver();
    receiver.state.holdMs = 200;
    const { client, ui } = await startChatwoot({ webhookTimeoutMs: 30 });
    const { conversation } = await withConversation(client(), receiver.url);
    await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, { text: 'olá' });
    await until(() => receiver.ofEvent('message_updated').length === 1);
    const { json } = await ui('GET', `/ui/accounts/1/conversations/${conversation.id}/messages`);
    expect(json).toMatchObject({
      payload: [{ status: 'failed', content_attributes: { external_error: 'Timed out reading data from server' } }],
    });
  });

  it('an incoming message reopens a resolved conversation; a deletion is told', async () => {
    const receiver = await startReceiver();
    const { client, ui, api } = await startChatwoot();
    const { conversation } = await withConversation(client(), receiver.url);
    const sent = await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, { text: 'olá' });
    await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/status`, { status: 'resolved' });
    await client().createMessage(conversation.id, incoming('de novo'));
    expect((await api('GET', `/api/v1/accounts/1/conversations/${conversation.id}`)).json).toMatchObject({ status: 'open' });
    await ui('DELETE', `/ui/accounts/1/conversations/${conversation.id}/messages/${(sent.json as { id: number }).id}`);
    await until(() => receiver.ofEvent('message_updated').length === 1 && receiver.ofEvent('conversation_status_changed').length === 2);
    expect(receiver.ofEvent('message_updated').map(({ body }) => parseChatwootWebhook(body).event)).toEqual([
      { type: 'message-deleted', messageId: (sent.json as { id: number }).id, conversationId: conversation.id },
    ]);
    expect(receiver.ofEvent('conversation_updated').map(({ body }) => body['changed_attributes'])).toContainEqual([
      { status: { previous_value: 'resolved', current_value: 'open' } },
    ]);
  });

  it('go to the allowed origins only, when there are any', async () => {
    const receiver = await startReceiver();
    const { client, ui, url } = await startChatwoot({ webhookOrigins: ['https://hub.example'] });
    const { conversation } = await withConversation(client(), receiver.url);
    await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, { text: 'olá' });
    const { json } = await ui('GET', `/ui/accounts/1/conversations/${conversation.id}/messages`);
    expect(json).toMatchObject({ payload: [{ content: 'olá', status: 'failed' }] });
    // The conversation, the message, and the message as failed.
    expect((await asker(url, {})('GET', '/__control')).json).toMatchObject({ webhooks: { delivered: 0, failed: 3 } });
    expect(receiver.received).toEqual([]);
  });
});

describe("the sandbox Chatwoot's knobs", () => {
  it('faults over the wire: 503 before, dropped after, a path, a contact, down; the journal tells what was done', async () => {
    const { client, url } = await startChatwoot();
    const { conversation } = await withConversation(client());
    const control = asker(url, {});
    const journal = async (after = 0): Promise<{ kind: string; ref?: string }[]> =>
      ((await control('GET', `/__journal?after=${after}`)).json as { entries: { kind: string; ref?: string }[] }).entries;
    const before = (await journal()).length;
    const post = (text: string) => client().createMessage(conversation.id, incoming(text));

    await control('PUT', '/__control', { unavailable: 1 });
    expect(await post('refused')).toMatchObject({ ok: false, failure: { kind: 'unavailable', certainty: 'not-sent', scope: 'peer' } });
    await control('PUT', '/__control', { unavailable: 0, dropAfter: 1 });
    expect(await post('done and dropped')).toMatchObject({ ok: false, failure: { kind: 'unreachable', certainty: 'unknown' } });
    await control('PUT', '/__control', {
      dropAfter: 0,
      paths: [{ path: '/messages', method: 'POST', status: 429, retryAfterSeconds: 3, times: 1 }],
    });
    expect(await post('once')).toMatchObject({ ok: false, failure: { kind: 'throttled', retryAfterMs: 3_000 } });
    expect(await post('twice')).toMatchObject({ ok: true });
    await control('PUT', '/__control', { paths: [], failingContacts: [MARIA.sourceId] });
    expect(await post('this contact')).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', scope: 'message', certainty: 'unknown' },
    });
    await control('PUT', '/__control', { failingContacts: [], down: true });
    expect(await client().profile()).toMatchObject({ ok: false, failure: { kind: 'unreachable', scope: 'peer' } });
    await control('PUT', '/__control', { down: false, latencyMs: { from: 20, to: 25 } });
    const started = performance.now();
    valueOf(await client().profile());
    expect(performance.now() - started).toBeGreaterThanOrEqual(19);
    expect((await control('PUT', '/__control', { unavailable: 7 })).status).toBe(422);

    expect((await journal(before)).map(({ kind, ref }) => [kind, ref])).toEqual([
      ['incoming', 'WAID:done and dropped'],
      ['incoming', 'WAID:twice'],
    ]);
  });

  it('the same seed gives the same faults', async () => {
    const rounds: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { client } = await startChatwoot({ faults: { seed: 42, unavailable: 0.5 } });
      const outcomes: boolean[] = [];
      for (let count = 0; count < 20; count += 1) outcomes.push((await client().profile()).ok);
      rounds.push(outcomes.join());
    }
    expect(rounds[0]).toBe(rounds[1]);
    expect(rounds[0]).toContain('true');
    expect(rounds[0]).toContain('false');
  });

  it('webhooks can be lost and repeated', async () => {
    const receiver = await startReceiver();
    const { chatwoot, client, ui } = await startChatwoot({ faults: { webhooks: { lost: 1, repeated: 0, delayMs: 0 } } });
    const { conversation } = await withConversation(client(), receiver.url);
    const say = (text: string) => ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, { text });
    await say('lost');
    chatwoot.faults.set({ webhooks: { lost: 0, repeated: 1, delayMs: 5 } });
    await say('twice');
    await until(() => receiver.received.length === 2);
    const [first, second] = receiver.received;
    expect(first?.raw).toBe(second?.raw);
    expect(first?.headers['x-chatwoot-delivery']).toBe(second?.headers['x-chatwoot-delivery']);
  });

  it('the page and the controls are closed to strangers', async () => {
    const { url } = await startChatwoot({ controls: false });
    const closed = await startChatwoot({ uiKey: undefined });
    expect((await asker(url, {})('GET', '/ui/accounts')).status).toBe(401);
    expect((await asker(url, { 'x-sandbox-ui': 'uj' })('GET', '/ui/accounts')).status).toBe(401);
    expect((await asker(closed.url, { 'x-sandbox-ui': '' })('GET', '/ui/accounts')).status).toBe(401);
    expect((await asker(url, {})('GET', '/__control')).status).toBe(404);
    expect((await asker(url, {})('PUT', '/__control', { down: true })).status).toBe(404);
    expect((await asker(url, {})('POST', '/__accounts', { id: 9, name: 'x', token: 'y' })).status).toBe(404);
  });

  it('the page is told of changes as they happen', async () => {
    const { url, client, ui } = await startChatwoot();
    const stream = await fetch(`${url}/ui/events`, { headers: { 'x-sandbox-ui': 'ui' } });
    const reader = stream.body?.getReader();
    const { conversation } = await withConversation(client());
    await client().createMessage(conversation.id, incoming('oi'));
    let text = '';
    for (let round = 0; round < 10 && !text.includes('event: message_created'); round += 1)
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    await reader?.cancel();
    expect(text).toContain('"content":"oi"');
    expect((await ui('GET', '/ui/accounts')).json).toMatchObject({ payload: [{ id: 1, inboxes: [{ name: 'WhatsApp' }] }] });
    expect((await ui('GET', '/ui/accounts/1/conversations')).json).toMatchObject({ payload: [{ id: conversation.id, unread_count: 1 }] });
    await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/seen`);
    expect((await ui('GET', '/ui/accounts/1/conversations')).json).toMatchObject({ payload: [{ unread_count: 0 }] });
    expect((await ui('POST', `/ui/accounts/1/conversations/${conversation.id}/messages`, {})).status).toBe(422);
    expect((await ui('GET', '/ui/accounts/1/conversations/99/messages')).status).toBe(404);
  });

  it('what it holds survives a restart, and so does its journal file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const files = { stateFile: join(directory, 'state.jsonl'), journalFile: join(directory, 'journal.jsonl') };
    const first = await startChatwoot(files);
    const { inbox, contact, conversation } = await withConversation(first.client());
    const { id } = valueOf(
      await first
        .client()
        .createMessage(conversation.id, {
          ...incoming('oi'),
          attachment: { fileName: 'a.txt', mimeType: 'text/plain', content: Buffer.from('file'), voice: false },
        }),
    );
    await first.client().setMessageStatus(conversation.id, id, 'read');
    await first.stop();
    const entries = readFileSync(files.journalFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; seq: number });
    expect(entries.map(({ kind }) => kind)).toEqual(['inbox', 'contact', 'conversation', 'incoming', 'status']);

    const second = await startChatwoot(files);
    expect(valueOf(await second.client().getInbox(inbox.id))).toEqual(inbox);
    expect(valueOf(await second.client().findContactBySourceId(inbox.id, MARIA.sourceId))).toMatchObject({ id: contact.id });
    const { json } = await second.api('GET', `/api/v1/accounts/1/conversations/${conversation.id}/messages`);
    const [message] = (json as { payload: { id: number; status: string; attachments: { data_url: string }[] }[] }).payload;
    expect(message).toMatchObject({ id, status: 'read' });
    expect(await (await fetch(message?.attachments[0]?.data_url ?? '')).text()).toBe('file');
    expect(valueOf(await second.client().createMessage(conversation.id, incoming('next'))).id).toBe(id + 1);
  });
});
