import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { asker, startChatwoot, stopPeers } from '../running-peers.fixture.ts';
import { conversationOfMaria, MARIA } from './conversation-of-maria.fixture.ts';

afterEach(stopPeers);

describe("the sandbox Chatwoot's controls", () => {
  it('faults over the wire: 503 before, dropped after, a path, a contact, down; the journal tells what was done', async () => {
    const { api, url } = await startChatwoot();
    const { incoming } = await conversationOfMaria(api);
    const control = asker(url, {});
    const set = (faults: object) => control('PUT', '/__control', faults);
    const journal = async (after: number) =>
      ((await control('GET', `/__journal?after=${after}`)).json as { entries: { kind: string; ref?: string }[] }).entries;
    const before = (await journal(0)).length;

    await set({ unavailable: 1 });
    expect((await incoming('refused')).status).toBe(503);
    await set({ unavailable: 0, dropAfter: 1 });
    await expect(incoming('done and dropped')).rejects.toThrow();
    await set({ dropAfter: 0, paths: [{ path: '/messages', method: 'POST', status: 429, retryAfterSeconds: 3, times: 1 }] });
    const throttled = await incoming('once');
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await incoming('twice')).status).toBe(200);
    await set({ paths: [], failingContacts: [MARIA.source_id] });
    expect((await incoming('this contact')).status).toBe(500);
    expect((await api('POST', '/contacts', { source_id: MARIA.source_id })).status).toBe(500);
    await set({ failingContacts: [], down: true });
    await expect(api('GET', '/inboxes')).rejects.toThrow();
    await set({ down: false, latencyMs: { from: 20, to: 25 } });
    const started = performance.now();
    await api('GET', '/inboxes');
    expect(performance.now() - started).toBeGreaterThanOrEqual(19);
    expect((await set({ unavailable: 7 })).status).toBe(422);
    expect((await control('GET', '/__control')).json).toMatchObject({ faults: { unavailable: 0, latencyMs: { from: 20, to: 25 } } });

    expect((await journal(before)).map(({ kind, ref }) => [kind, ref])).toEqual([
      ['incoming', 'WAID:done and dropped'],
      ['incoming', 'WAID:twice'],
    ]);
  });

  it('the page turns them too, also while everything else is down', async () => {
    const { api, ui } = await startChatwoot({ controls: false });
    expect((await ui('PUT', '/ui/faults', { down: true })).json).toMatchObject({ faults: { down: true } });
    await expect(api('GET', '/inboxes')).rejects.toThrow();
    await ui('PUT', '/ui/faults', { down: false });
    expect((await ui('GET', '/ui/faults')).json).toMatchObject({ faults: { down: false, dropAfter: 0 } });
    expect((await api('GET', '/inboxes')).status).toBe(200);
  });

  it('the same seed gives the same faults', async () => {
    const rounds: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { api } = await startChatwoot({ faults: { seed: 42, unavailable: 0.5 } });
      const statuses: number[] = [];
      for (let count = 0; count < 20; count += 1) statuses.push((await api('GET', '/inboxes')).status);
      rounds.push(statuses.join());
    }
    expect(rounds[0]).toBe(rounds[1]);
    expect(rounds[0]).toContain('200');
    expect(rounds[0]).toContain('503');
  });

  it('an account can be added over the wire', async () => {
    const { url } = await startChatwoot();
    expect((await asker(url, {})('POST', '/__accounts', { id: 9, name: 'Nova', token: 'nova' })).status).toBe(201);
    expect((await asker(url, { 'api-access-token': 'nova' })('GET', '/api/v1/profile')).json).toMatchObject({ accounts: [{ id: 9 }] });
    expect((await asker(url, {})('POST', '/__accounts', { id: 0 })).status).toBe(422);
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
    const { url, api, ui } = await startChatwoot();
    const stream = await fetch(`${url}/ui/events`, { headers: { 'x-sandbox-ui': 'ui' } });
    const reader = stream.body?.getReader();
    const { conversation, incoming, page } = await conversationOfMaria(api);
    await incoming('oi');
    let text = '';
    for (let round = 0; round < 10 && !text.includes('event: message_created'); round += 1) {
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    }
    await reader?.cancel();
    expect(text).toContain('"content":"oi"');
    expect((await ui('GET', '/ui/accounts')).json).toMatchObject({ payload: [{ id: 1, inboxes: [{ name: 'WhatsApp' }] }] });
    expect((await ui('GET', '/ui/accounts/1/conversations')).json).toMatchObject({ payload: [{ id: conversation.id, unread_count: 1 }] });
    await ui('POST', `${page}/seen`);
    expect((await ui('GET', '/ui/accounts/1/conversations')).json).toMatchObject({ payload: [{ unread_count: 0 }] });
    expect((await ui('GET', `${page}/messages`)).json).toMatchObject({ payload: [{ content: 'oi' }] });
    expect((await ui('POST', `${page}/messages`, {})).status).toBe(422);
    expect((await ui('POST', `${page}/status`, {})).status).toBe(422);
    expect((await ui('DELETE', `${page}/messages/99`)).status).toBe(404);
    expect((await ui('GET', '/ui/accounts/1/conversations/99/messages')).status).toBe(404);
  });

  it('what it holds survives a restart, and so does its journal file; a token no longer configured does not', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const files = { stateFile: join(directory, 'state.jsonl'), journalFile: join(directory, 'journal.jsonl') };
    const first = await startChatwoot(files);
    const { inbox, contact, messages, page, shown } = await conversationOfMaria(first.api);
    await first.ui('POST', `${page}/messages`, { text: 'oi', file: { fileName: 'a.txt', mimeType: 'text/plain', base64: 'b2k=' } });
    const [message] = await shown();
    await first.api('PATCH', `${messages}/${message?.id ?? 0}`, { status: 'read' });
    await first.stop();
    const kinds = readFileSync(files.journalFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(['inbox', 'contact', 'conversation', 'outgoing', 'status']);

    const second = await startChatwoot({ ...files, accounts: [{ id: 1, name: 'Loja', token: 'new-token' }] });
    expect((await second.api('GET', '/inboxes')).status).toBe(401);
    const api = asker(`${second.url}/api/v1/accounts/1`, { 'api-access-token': 'new-token' });
    expect((await api('GET', `/inboxes/${inbox.id}`)).json).toMatchObject({ secret: inbox.secret });
    expect((await api('POST', '/contact_inboxes/filter', { inbox_id: inbox.id, source_id: MARIA.source_id })).json).toMatchObject({
      id: contact.id,
    });
    const kept = ((await api('GET', messages)).json as { payload: { id: number; attachments: { data_url: string }[] }[] }).payload[0];
    expect(kept).toMatchObject({ id: message?.id, status: 'read' });
    expect(await (await fetch(kept?.attachments[0]?.data_url ?? '')).text()).toBe('oi');
    expect((await api('POST', messages, { content: 'next' })).json).toMatchObject({ id: (message?.id ?? 0) + 1 });
  });
});
