import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleFiles } from '../../server/src/sandbox/index.ts';
import { fileAt, startChatwoot } from '../support/chatwoot-desk.ts';
import type { DeskMessage } from '../support/chatwoot-desk.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { sha256, startPhones } from '../support/phones.ts';
import type { Handed, InstanceNames, Person, Phones } from '../support/phones.ts';
import { startHub } from '../support/start-hub.ts';
import type { TestHub } from '../support/start-hub.ts';

let database: TestDatabase;
let hub: TestHub;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startHub({ database });
});

afterAll(async () => {
  await hub?.stop();
  await database?.drop();
});

const maria: Person = { main: 'phone', phone: '5511988887777', lid: '200000000000001', name: 'Maria' };
const NUMBER = '551133334444';

describe.each(['sandbox', 'uazapi', 'evolution'] as const)('a first message through %s', (provider) => {
  let phones: Phones;
  let chatwoot: Awaited<ReturnType<typeof startChatwoot>>;
  let account: string;
  let instance: InstanceNames & { readonly id: string };
  let serverId: unknown;
  let linkId: unknown;
  let conversationId = 0;
  /** By what they are about, for quoting. */
  const known = { fromCustomer: '', customerMessage: 0, fromAgent: '', agentMessage: 0 };

  beforeAll(async () => {
    phones = await startPhones[provider]();
    chatwoot = await startChatwoot();
  });
  afterAll(async () => {
    await phones?.close();
    await chatwoot?.close();
  });

  const connection = async (): Promise<unknown> => (await hub.api('GET', `${account}/instances/${instance.id}`)).state;
  const shown = async (sourceId: string): Promise<DeskMessage> => {
    const found = (await chatwoot.desk.messages(conversationId)).filter(({ source_id }) => source_id === `WAID:${sourceId}`);
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const arrived = (sourceId: string): Promise<DeskMessage> => eventually(() => shown(sourceId));
  const handedOver = (matches: (message: Handed) => boolean): Promise<Handed> =>
    eventually(async () => {
      const found = (await phones.handed(instance)).filter(matches);
      expect(found).toHaveLength(1);
      return found[0]!;
    });

  test('an account, a provider server that proved its credential, and an instance are made over REST', async () => {
    const { id } = await hub.api('POST', '/accounts', { name: `Loja ${provider}` });
    account = `/accounts/${String(id)}`;
    const server = { provider, name: 'gateway', ...phones.server };
    expect((await hub.ask('POST', `${account}/provider-servers`, { ...server, adminSecret: 'not-the-key' })).status).toBe(412);
    serverId = (await hub.api('POST', `${account}/provider-servers`, server)).id;
    const made = await hub.api('POST', `${account}/instances`, { providerServerId: serverId, name: 'loja-1' });
    instance = { id: String(made.id), name: String(made.name), externalId: String(made.externalId) };
  });

  test('pairing shows a QR, then a code for a phone, and the state follows the phone', async () => {
    const connect = (body: object) => hub.api('POST', `${account}/instances/${instance.id}/connect`, body);
    expect(await connect({})).toMatchObject({ step: 'show-qr', qr: expect.stringMatching(/^data:image\/png;base64,/) });
    await eventually(async () => expect(await connection()).toBe('pairing'));
    expect(await connect({ phone: NUMBER })).toMatchObject({
      step: 'show-code',
      code: expect.stringMatching(/^[A-Z0-9]{4}-?[A-Z0-9]{4}$/),
    });
    await phones.scan(instance, NUMBER);
    await eventually(async () => expect(await connection()).toBe('connected'));
    expect(await connect({})).toMatchObject({ step: 'done' });
    expect(await hub.api('GET', `${account}/instances/${instance.id}`)).toMatchObject({ phone: NUMBER, action: 'none' });
  });

  test('Chatwoot is linked, an inbox is made for one instance and picked for another, and knows the secret address', async () => {
    expect((await hub.ask('POST', `${account}/chatwoot-links`, { ...chatwoot.link, token: 'nobody-has-this' })).status).toBe(412);
    linkId = (await hub.api('POST', `${account}/chatwoot-links`, chatwoot.link)).id;
    const made = await hub.api('POST', `${account}/inboxes`, { instanceId: instance.id, chatwootLinkId: linkId, inboxName: 'WhatsApp' });
    expect(await chatwoot.webhookOf(Number(made.chatwootInboxId))).toMatch(/\/hooks\/chatwoot\/[\w-]{32,}$/);

    const second = await hub.api('POST', `${account}/instances`, { providerServerId: serverId, name: 'loja-2' });
    const { id: chatwootInboxId } = await chatwoot.makeInbox('Vendas');
    const picked = await hub.api('POST', `${account}/inboxes`, { instanceId: second.id, chatwootLinkId: linkId, chatwootInboxId });
    expect(picked).toMatchObject({ name: 'Vendas', signed: true });
    expect(await chatwoot.webhookOf(chatwootInboxId)).toMatch(/\/hooks\/chatwoot\//);
  });

  test('a customer’s first text makes one contact and one conversation', async () => {
    known.fromCustomer = await phones.write(instance, { chat: maria, kind: 'text', text: 'Oi, *bom dia*' });
    const [conversation, ...others] = await eventually(async () => {
      const found = await chatwoot.desk.conversations();
      expect(found).not.toHaveLength(0);
      return found;
    });
    expect(others).toEqual([]);
    expect(conversation?.meta.sender).toMatchObject({ name: 'Maria', phone_number: '+5511988887777' });
    conversationId = conversation?.id ?? 0;
    const message = await arrived(known.fromCustomer);
    expect(message).toMatchObject({ content: 'Oi, **bom dia**', message_type: 0, private: false });
    known.customerMessage = message.id;
  });

  test('an image, a document and a voice note of the customer arrive byte for byte', async () => {
    const files = [
      { kind: 'image', file: sampleFiles.jpeg, type: 'image', text: 'a vista' },
      { kind: 'document', file: sampleFiles.pdf, type: 'file', text: '' },
      { kind: 'voice', file: sampleFiles.ogg, type: 'audio', text: '' },
    ] as const;
    const ids: string[] = [];
    for (const { kind, file, text } of files) ids.push(await phones.write(instance, { chat: maria, kind, text, file }));
    for (const [index, { file, type, text }] of files.entries()) {
      const { content, attachments } = await arrived(ids[index] ?? '');
      expect([content ?? '', attachments?.map(({ file_type }) => file_type)]).toEqual([text, [type]]);
      expect((await fileAt(attachments?.[0]?.data_url ?? '')).equals(file.bytes)).toBe(true);
    }
  });

  test('an agent’s text, image, document and voice note reach the phone, and private notes never leave', async () => {
    await chatwoot.desk.write(conversationId, { text: 'só entre nós', private: true });
    const { id } = await chatwoot.desk.write(conversationId, { text: 'Olá, **Maria**!' });
    const text = await handedOver((message) => message.text === 'Olá, *Maria*!');
    expect(text).toMatchObject({ chat: '5511988887777@s.whatsapp.net', kind: 'text', quotedId: null });
    Object.assign(known, { fromAgent: text.id, agentMessage: id });

    const files = [
      { kind: 'image', file: sampleFiles.png, text: 'veja' },
      { kind: 'document', file: sampleFiles.pdf, text: '' },
      { kind: 'voice', file: sampleFiles.ogg, text: '' },
    ] as const;
    for (const { file, text: caption } of files) {
      const { fileName, mimeType, bytes } = file;
      await chatwoot.desk.write(conversationId, { text: caption, file: { fileName, mimeType, base64: bytes.toString('base64') } });
    }
    for (const { kind, file, text: caption } of files) {
      const found = await handedOver((message) => message.kind === kind);
      expect(found).toMatchObject({ sha256: sha256(file.bytes), text: caption });
    }
    expect((await phones.handed(instance)).map(({ kind }) => kind)).toEqual(['text', 'image', 'document', 'voice']);
  });

  test('replies name the message they answer, in both directions', async () => {
    const reply = await phones.write(instance, { chat: maria, kind: 'text', text: 'sim, esse', quotedId: known.fromAgent });
    expect((await arrived(reply)).content_attributes).toMatchObject({ in_reply_to: known.agentMessage });
    await chatwoot.desk.write(conversationId, { text: 'respondo a isto', inReplyTo: known.customerMessage });
    expect(await handedOver(({ text }) => text === 'respondo a isto')).toMatchObject({ quotedId: known.fromCustomer });
  });

  test('ticks go up and never down', async () => {
    const status = async (): Promise<string> =>
      (await chatwoot.desk.messages(conversationId)).find(({ id }) => id === known.agentMessage)?.status ?? '';
    await phones.receipt(instance, known.fromAgent, 'delivered');
    await eventually(async () => expect(await status()).toBe('delivered'));
    await phones.receipt(instance, known.fromAgent, 'read');
    await eventually(async () => expect(await status()).toBe('read'));
    await phones.receipt(instance, known.fromAgent, 'delivered');
    await settled();
    expect(await status()).toBe('read');
  });

  test('what is typed on the company’s own phone shows as the company’s, keeps the contact’s name, and is not sent again', async () => {
    const before = (await phones.handed(instance)).length;
    const own = await phones.write(instance, { chat: maria, kind: 'text', text: 'já respondi pelo celular', own: true });
    expect(await arrived(own)).toMatchObject({ content: 'já respondi pelo celular', message_type: 1 });
    // Chatwoot tells of both in order: when the second has left, the first would have left before.
    await chatwoot.desk.write(conversationId, { text: 'e agora daqui' });
    await handedOver(({ text }) => text === 'e agora daqui');
    expect(await phones.handed(instance)).toHaveLength(before + 1);
    expect((await chatwoot.desk.conversations()).map(({ meta }) => meta.sender.name)).toEqual(['Maria']);
  });

  test('a kind that cannot be shown is told in a line', async () => {
    const id = await phones.write(instance, { chat: maria, kind: 'unknown', text: '' });
    expect((await arrived(id)).content).toBe(phones.unknownNotice);
  });

  test('at the end everything is delivered and nothing is a dead letter', async () => {
    await settled();
    expect(await hub.api('GET', `${account}/messages/summary`)).toMatchObject({ pending: 0, dead: 0 });
    const { items } = await hub.api<{ items: { direction: string; receipt: string }[] }>('GET', `${account}/messages`);
    expect(items.filter(({ direction }) => direction === 'inbound')).toHaveLength(7);
    expect(items.filter(({ direction }) => direction === 'outbound')).toHaveLength(6);
  });

  /** Nothing is pending and no tick waits. */
  const settled = (): Promise<void> =>
    eventually(async () => {
      const [row] = await database.asSuperuser('SELECT count(*)::int AS waiting FROM app.lane WHERE due_at IS NOT NULL');
      expect(row?.waiting).toBe(0);
    });
});
