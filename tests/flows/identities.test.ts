import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChatwoot } from '../support/chatwoot-desk.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startPhones } from '../support/phones.ts';
import type { InstanceNames, Person, Phones } from '../support/phones.ts';
import { startHub } from '../support/start-hub.ts';
import type { TestHub } from '../support/start-hub.ts';

const ROUNDS = 50;

let database: TestDatabase;
let hub: TestHub;

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startHub({ database, settings: { HUB_SANDBOX: 'off' } });
});

afterAll(async () => {
  await hub?.stop();
  await database?.drop();
});

/** The same person twice, as WhatsApp may call them in two messages at once. */
function twoNames(round: number): { readonly how: string; readonly names: readonly [Person, Person] } {
  const person = { phone: `55119${String(81_000_000 + round)}`, lid: String(300_000_000_000_000 + round), name: `Pessoa ${round}` };
  const { phone, lid, name } = person;
  const withoutNinth = `${phone.slice(0, 4)}${phone.slice(5)}`;
  const pairs: readonly { readonly how: string; readonly names: readonly [Person, Person] }[] = [
    {
      how: 'LID with its phone, and phone alone',
      names: [
        { main: 'lid', ...person },
        { main: 'phone', phone, name },
      ],
    },
    {
      how: 'LID alone, and phone with its LID',
      names: [
        { main: 'lid', lid, name },
        { main: 'phone', ...person },
      ],
    },
    {
      how: 'phone with its LID, and LID with its phone',
      names: [
        { main: 'phone', ...person },
        { main: 'lid', ...person },
      ],
    },
    {
      how: 'phone with its LID, and phone without the ninth digit',
      names: [
        { main: 'phone', ...person },
        { main: 'phone', phone: withoutNinth, name },
      ],
    },
  ];
  return pairs[round % pairs.length]!;
}

describe.each(['uazapi', 'evolution'] as const)('two first messages at once, in the words of %s,', (provider) => {
  let phones: Phones;
  let chatwoot: Awaited<ReturnType<typeof startChatwoot>>;
  let account: string;
  let instance: InstanceNames;

  beforeAll(async () => {
    phones = await startPhones[provider]();
    chatwoot = await startChatwoot();
    account = `/accounts/${String((await hub.api('POST', '/accounts', { name: `Loja ${provider}` })).id)}`;
    const server = await hub.api('POST', `${account}/provider-servers`, { provider, name: 'gateway', ...phones.server });
    const made = await hub.api('POST', `${account}/instances`, { providerServerId: server.id, name: 'loja' });
    instance = { name: String(made.name), externalId: String(made.externalId) };
    await phones.scan(instance, '551133334444');
    const link = await hub.api('POST', `${account}/chatwoot-links`, chatwoot.link);
    await hub.api('POST', `${account}/inboxes`, { instanceId: made.id, chatwootLinkId: link.id, inboxName: 'WhatsApp' });
  });
  afterAll(async () => {
    await phones?.close();
    await chatwoot?.close();
  });

  const delivered = async (): Promise<unknown> => {
    const [row] = await database.asSuperuser(
      `SELECT count(*)::int AS delivered FROM app.message m JOIN app.instance i ON i.id = m.instance_id WHERE i.external_id = '${instance.externalId}' AND m.state = 'delivered'`,
    );
    return row?.delivered;
  };

  test(`from one person under two names make one contact and one conversation, in ${ROUNDS} rounds of ${ROUNDS}`, async () => {
    const outcomes: string[] = [];
    for (let first = 0; first < ROUNDS; first += 10) {
      const rounds = Array.from({ length: Math.min(10, ROUNDS - first) }, (_, index) => first + index);
      await Promise.all(
        rounds.flatMap((round) =>
          twoNames(round).names.map((chat, index) => phones.write(instance, { chat, kind: 'text', text: `${round}/${index}` })),
        ),
      );
      await eventually(async () => expect(await delivered()).toBe(2 * (first + rounds.length)), { timeoutMs: 20_000 });
    }
    expect(await hub.api('GET', `${account}/messages/summary`)).toMatchObject({ pending: 0, dead: 0 });
    const conversations = await chatwoot.desk.conversations();
    const texts = await Promise.all(
      conversations.map(async ({ id }) => (await chatwoot.desk.messages(id)).map(({ content }) => content ?? '')),
    );
    for (let round = 0; round < ROUNDS; round += 1) {
      const { how } = twoNames(round);
      const holding = conversations.filter((_, index) => texts[index]?.some((text) => text.startsWith(`${round}/`)));
      const found = texts.flat().filter((text) => text.startsWith(`${round}/`));
      const contacts = new Set(holding.map(({ meta }) => meta.sender.id));
      if (holding.length !== 1 || contacts.size !== 1 || found.length !== 2)
        outcomes.push(`round ${round} (${how}): ${contacts.size} contacts, ${holding.length} conversations, ${found.length} messages`);
    }
    expect(outcomes).toEqual([]);
    expect(conversations).toHaveLength(ROUNDS);
    const [row] = await database.asSuperuser(
      `SELECT count(*)::int AS threads FROM app.thread t JOIN app.instance i ON i.id = t.instance_id WHERE i.external_id = '${instance.externalId}' AND t.merged_into IS NULL`,
    );
    expect(row?.threads).toBe(ROUNDS);
  });

  test('a person known by LID alone keeps the conversation when the phone is learnt, and is answered on the phone', async () => {
    const known: Person = { main: 'lid', lid: '400000000000001', name: 'Só LID' };
    await phones.write(instance, { chat: known, kind: 'text', text: 'sem telefone' });
    const conversation = await eventually(async () => {
      const found = (await chatwoot.desk.conversations()).find(({ meta }) => meta.sender.name === 'Só LID');
      expect(found).toBeDefined();
      return found!;
    });
    await phones.write(instance, { chat: { ...known, main: 'phone', phone: '5511977776666' }, kind: 'text', text: 'com telefone' });
    await eventually(async () =>
      expect((await chatwoot.desk.messages(conversation.id)).map(({ content }) => content)).toEqual(['sem telefone', 'com telefone']),
    );
    await chatwoot.desk.write(conversation.id, { text: 'agora sei' });
    await eventually(async () =>
      expect((await phones.handed(instance)).map(({ chat, text }) => [chat, text])).toEqual([
        ['5511977776666@s.whatsapp.net', 'agora sei'],
      ]),
    );
  });
});
