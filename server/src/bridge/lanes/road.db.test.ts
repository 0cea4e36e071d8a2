import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../../tests/support/database.ts';
import type { TestDatabase } from '../../../../tests/support/database.ts';
import { createRoad } from './road.ts';
import type { AcceptItem, LaneRef, Lease, Road } from './road.ts';

let test_: TestDatabase;
let road: Road;
beforeAll(async () => {
  test_ = await createTestDatabase({ poolSize: 10 });
  road = createRoad(test_.database.road);
});
afterAll(async () => test_.drop());

interface Place {
  readonly accountId: string;
  readonly instanceId: string;
  readonly endpointId: string;
}

async function newPlace(): Promise<Place> {
  const [accountId, serverId, instanceId, endpointId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await test_.database.withAccount(accountId, async (open) => {
    await open.account.create({ data: { id: accountId, name: 'Loja' } });
    await open.providerServer.create({ data: { accountId, id: serverId, provider: 'sandbox', name: 's', baseUrl: 'x', adminSecret: 'x' } });
    await open.instance.create({ data: { accountId, id: instanceId, providerServerId: serverId, name: 'i', externalId: 'i', token: 'x' } });
    await open.webhookEndpoint.create({
      data: { accountId, id: endpointId, source: 'sandbox', instanceId, tokenSha256: new Uint8Array(32), sealedToken: 'x' },
    });
  });
  return { accountId, instanceId, endpointId };
}

const inbound = (over: Partial<AcceptItem> = {}): AcceptItem => ({
  op: 'inbound',
  chat: 'person',
  addresses: ['5511988887777@s.whatsapp.net'],
  aliases: [],
  name: 'Ana',
  phone: '+5511988887777',
  origin: 'contact',
  kind: 'text',
  content: { kind: 'text', text: 'oi' },
  gatewayId: randomUUID(),
  quotedId: null,
  sentAt: new Date().toISOString(),
  ...over,
});
const outbound = (over: Partial<AcceptItem> = {}): AcceptItem => ({
  op: 'outbound',
  chat: 'person',
  addresses: ['5511988887777@s.whatsapp.net'],
  aliases: [],
  name: null,
  phone: '+5511988887777',
  conversationId: 3,
  sourceId: 'src',
  contactId: 9,
  kind: 'text',
  content: { kind: 'text', text: 'oi', conversationId: 3 },
  quotedId: null,
  quotedChatwootId: null,
  chatwootMessageId: 70,
  sentAt: new Date().toISOString(),
  ...over,
});

const accept = (place: Place, items: AcceptItem[], key: string = randomUUID()) =>
  road.accept({ ...place, key, body: Buffer.from('{}'), outcome: 'accepted', items });
const one = <T>(values: readonly T[]): T => {
  const [value] = values;
  if (value === undefined) throw new Error('nothing there');
  return value;
};
async function take(lane: LaneRef, holder: string, leaseMs = 30_000): Promise<Lease> {
  const lease = await road.take(lane, holder, leaseMs);
  if (!lease) throw new Error('the lane could not be taken');
  return lease;
}
const rows = (sql: string) => test_.asSuperuser(sql);

describe('accept', () => {
  test('WH-05: sixteen deliveries of the same fact at once are stored once', async () => {
    const place = await newPlace();
    const results = await Promise.all(Array.from({ length: 16 }, () => accept(place, [inbound({ gatewayId: 'same' })], 'message|same')));
    expect(results.filter((result) => result.fresh)).toHaveLength(1);
    expect(await rows(`SELECT count(*)::int AS n FROM app.message WHERE account_id = '${place.accountId}'`)).toEqual([{ n: 1 }]);
  });

  test('the same message in another dressing, under another key, is stored once', async () => {
    const place = await newPlace();
    await accept(place, [inbound({ gatewayId: 'dressed' })], 'a');
    const again = await accept(place, [inbound({ gatewayId: 'dressed' })], 'b');
    expect(again).toMatchObject({ fresh: true, wake: [], messageIds: [] });
  });

  test('fifty messages of one person at once have the sequence 1 to 50, without a gap', async () => {
    const place = await newPlace();
    await Promise.all(Array.from({ length: 50 }, () => accept(place, [inbound()])));
    const seqs = await rows(`SELECT seq::int FROM app.message WHERE account_id = '${place.accountId}' ORDER BY seq`);
    expect(seqs.map((row) => row.seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  test('two first messages at once, by LID and by phone of the same person, make one thread', async () => {
    for (let round = 0; round < 20; round += 1) {
      const place = await newPlace();
      const phone = '5511988887777@s.whatsapp.net';
      await Promise.all([
        accept(place, [inbound({ addresses: ['77@lid', phone], aliases: ['551188887777@s.whatsapp.net'] })]),
        accept(place, [inbound({ addresses: [phone], aliases: ['551188887777@s.whatsapp.net'] })]),
        accept(place, [inbound({ addresses: ['551188887777@s.whatsapp.net'], aliases: [phone] })]),
      ]);
      const threads = await rows(`SELECT count(DISTINCT thread_id)::int AS n FROM app.message WHERE account_id = '${place.accountId}'`);
      expect(threads).toEqual([{ n: 1 }]);
    }
  });

  test('a LID and a phone that were strangers become one thread when they are seen together', async () => {
    const place = await newPlace();
    await accept(place, [inbound({ addresses: ['88@lid'], phone: null })]);
    await accept(place, [inbound({ addresses: ['5521977776666@s.whatsapp.net'], phone: '+5521977776666' })]);
    await accept(place, [inbound({ addresses: ['5521977776666@s.whatsapp.net', '88@lid'], phone: '+5521977776666' })]);
    const identities = await rows(
      `SELECT count(DISTINCT thread_id)::int AS n FROM app.thread_identity WHERE account_id = '${place.accountId}'`,
    );
    expect(identities).toEqual([{ n: 1 }]);
  });

  test('TI-12: the same external ids in two accounts are two messages', async () => {
    const [a, b] = [await newPlace(), await newPlace()];
    const results = await Promise.all([accept(a, [inbound({ gatewayId: 'X' })], 'k'), accept(b, [inbound({ gatewayId: 'X' })], 'k')]);
    expect(results.every((result) => result.fresh && result.messageIds.length === 1)).toBe(true);
  });

  test('an agent writes first to somebody without an address: the event is kept and says so', async () => {
    const place = await newPlace();
    const result = await accept(place, [outbound({ addresses: [], conversationId: 55, sourceId: 'unknown' })], 'nobody');
    expect(result).toMatchObject({ fresh: true, messageIds: [] });
    expect(await rows(`SELECT outcome FROM app.raw_event WHERE account_id = '${place.accountId}'`)).toEqual([{ outcome: 'no-recipient' }]);
  });
});

describe('take and settle', () => {
  test('RL-06: a lane is held by one worker at a time, and messages come in order', async () => {
    const place = await newPlace();
    const lane = one((await accept(place, [inbound({ content: { n: 1 } })])).wake);
    const [first, second] = await Promise.all([road.take(lane, randomUUID(), 30_000), road.take(lane, randomUUID(), 30_000)]);
    expect([first, second].filter(Boolean)).toHaveLength(1);
    expect((await accept(place, [inbound({ content: { n: 2 } })])).wake).toEqual([]);
  });

  test('RL-06: a late worker is fenced: it writes nothing', async () => {
    const place = await newPlace();
    const lane = one((await accept(place, [inbound()])).wake);
    const late = randomUUID();
    const stale = await take(lane, late, 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const fresh = await take(lane, randomUUID());
    expect(fresh).toMatchObject({ recovered: true, epoch: stale.epoch + 1 });
    const settled = await road.settle(
      lane,
      { holder: late, epoch: stale.epoch },
      stale.message.id,
      { outcome: 'delivered', chatwootMessageId: 1 },
      30_000,
    );
    expect(settled).toEqual({ fenced: true });
    expect(await rows(`SELECT state FROM app.message WHERE account_id = '${place.accountId}'`)).toEqual([{ state: 'pending' }]);
  });

  test('a clean end is not a recovery; settling twice is settling once', async () => {
    const place = await newPlace();
    const lane = one((await accept(place, [inbound()])).wake);
    const holder = randomUUID();
    const lease = await take(lane, holder);
    const done = { outcome: 'delivered', chatwootMessageId: 5, thread: { contactId: 1, sourceId: 's', conversationId: 2 } } as const;
    expect(await road.settle(lane, { holder, epoch: lease.epoch }, lease.message.id, done, 30_000)).toMatchObject({ next: null });
    expect(await road.settle(lane, { holder, epoch: lease.epoch }, lease.message.id, done, 30_000)).toEqual({ fenced: true });
    expect((await accept(place, [inbound()])).wake).toEqual([lane]);
    const next = await take(lane, holder);
    expect(next).toMatchObject({ recovered: false, thread: { conversationId: 2, contactId: 1, sourceId: 's' } });
  });

  test('a message stored while the last one is settled is given next: nothing falls between', async () => {
    for (let round = 0; round < 30; round += 1) {
      const place = await newPlace();
      const lane = one((await accept(place, [inbound()])).wake);
      const holder = randomUUID();
      const lease = await take(lane, holder);
      const [settled, accepted] = await Promise.all([
        road.settle(lane, { holder, epoch: lease.epoch }, lease.message.id, { outcome: 'delivered' }, 30_000),
        accept(place, [inbound()]),
      ]);
      const handedOver = !settled.fenced && settled.next !== null;
      expect(handedOver || accepted.wake.length === 1).toBe(true);
    }
  });

  test('a retry gives the lane back until its time, and the next holder knows what went wrong', async () => {
    const place = await newPlace();
    const lane = one((await accept(place, [inbound()])).wake);
    const holder = randomUUID();
    const lease = await take(lane, holder);
    const failure = { kind: 'timeout', retry: 'later', certainty: 'unknown', scope: 'peer', detail: 'x' } as const;
    await road.settle(
      lane,
      { holder, epoch: lease.epoch },
      lease.message.id,
      { outcome: 'retry', afterMs: 60, counts: 1, failure },
      30_000,
    );
    expect(await road.take(lane, holder, 30_000)).toBeNull();
    expect((await road.dueLanes(100)).some((due) => due.laneId === lane.laneId)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 70));
    expect((await road.dueLanes(100)).some((due) => due.laneId === lane.laneId)).toBe(true);
    expect(await take(lane, holder)).toMatchObject({
      recovered: false,
      failures: 1,
      message: { attempts: 1, cause: { certainty: 'unknown' } },
    });
  });

  test('a dead letter steps aside and its lane goes on', async () => {
    const place = await newPlace();
    const lane = one((await accept(place, [inbound({ content: { n: 1 } })])).wake);
    await accept(place, [inbound({ content: { n: 2 } })]);
    const holder = randomUUID();
    const lease = await take(lane, holder);
    const failure = { kind: 'rejected', retry: 'never', certainty: 'not-sent', scope: 'message', detail: 'x' } as const;
    const settled = await road.settle(lane, { holder, epoch: lease.epoch }, lease.message.id, { outcome: 'dead', failure }, 30_000);
    expect(settled).toMatchObject({ next: { content: { n: 2 } } });
  });
});

describe('receipts', () => {
  async function sent(place: Place, gatewayId: string): Promise<void> {
    const lane = one((await accept(place, [outbound()])).wake);
    const holder = randomUUID();
    const lease = await take(lane, holder);
    await road.settle(lane, { holder, epoch: lease.epoch }, lease.message.id, { outcome: 'delivered', gatewayId }, 30_000);
  }
  const receipt = (id: string, report: number): AcceptItem => ({ op: 'receipt', ids: [id], report });
  const told = (place: Place) => rows(`SELECT report::int, reported::int FROM app.message WHERE account_id = '${place.accountId}'`);

  test('ticks only go up, in whatever order they come', async () => {
    const place = await newPlace();
    await sent(place, 'G1');
    for (const report of [4, 3, 2, 1, 3]) await accept(place, [receipt('G1', report)]);
    expect(await told(place)).toEqual([{ report: 4, reported: 2 }]);
  });

  test('a receipt that overtakes the answer of its own send is kept and applied', async () => {
    const place = await newPlace();
    const lane = one((await accept(place, [outbound()])).wake);
    const holder = randomUUID();
    const lease = await take(lane, holder);
    await accept(place, [receipt('EARLY', 3)]);
    const settled = await road.settle(
      lane,
      { holder, epoch: lease.epoch },
      lease.message.id,
      { outcome: 'delivered', gatewayId: 'EARLY' },
      30_000,
    );
    expect(!settled.fenced && settled.wake).toHaveLength(1);
    expect(await told(place)).toEqual([{ report: 3, reported: 2 }]);
  });

  test('a receipt that comes while its send is settled is not forgotten between the two', async () => {
    for (let round = 0; round < 30; round += 1) {
      const place = await newPlace();
      const lane = one((await accept(place, [outbound()])).wake);
      const holder = randomUUID();
      const lease = await take(lane, holder);
      await Promise.all([
        road.settle(
          lane,
          { holder, epoch: lease.epoch },
          lease.message.id,
          { outcome: 'delivered', gatewayId: `AT-ONCE-${round}` },
          30_000,
        ),
        accept(place, [receipt(`AT-ONCE-${round}`, 3)]),
      ]);
      expect(await told(place)).toEqual([{ report: 3, reported: 2 }]);
    }
  });

  test('several ticks that wait become one call with the newest', async () => {
    const place = await newPlace();
    await sent(place, 'G2');
    const lane = one((await accept(place, [receipt('G2', 3)])).wake);
    await accept(place, [receipt('G2', 4)]);
    const holder = randomUUID();
    const lease = await take(lane, holder);
    expect(lease).toMatchObject({ direction: 'receipt', message: { report: 4, chatwootMessageId: 70 } });
    const settled = await road.settle(lane, { holder, epoch: lease.epoch }, lease.message.id, { outcome: 'reported', report: 4 }, 30_000);
    expect(settled).toMatchObject({ next: null });
  });

  test('the echo of a send whose answer was lost settles the doubt', async () => {
    const place = await newPlace();
    const accepted = await accept(place, [outbound()]);
    await accept(place, [{ op: 'echo', messageId: one(accepted.messageIds), gatewayId: 'ECHO' }]);
    expect(await take(one(accepted.wake), randomUUID())).toMatchObject({ message: { gatewayId: 'ECHO' } });
  });
});

test('a removal that names only the message is told in the thread of that message, quoting it', async () => {
  const place = await newPlace();
  const lane = one((await accept(place, [inbound({ gatewayId: 'GONE' })])).wake);
  const about = { op: 'about', kind: 'notice', content: { kind: 'notice', of: 'removal', text: '' }, sentAt: null } as const;
  expect((await accept(place, [{ ...about, ids: ['GONE', 'UNKNOWN'] }])).messageIds).toHaveLength(1);
  const holder = randomUUID();
  const lease = await take(lane, holder);
  const settled = await road.settle(
    lane,
    { holder, epoch: lease.epoch },
    lease.message.id,
    { outcome: 'delivered', chatwootMessageId: 8 },
    30_000,
  );
  expect(settled).toMatchObject({ next: { kind: 'notice', origin: 'contact', quotedId: 'GONE', quoted: { chatwootMessageId: 8 } } });
});

test('TI-01: a road call reaches its own account only, whatever ids it is given', async () => {
  const [a, b] = [await newPlace(), await newPlace()];
  const lane = one((await accept(b, [inbound()])).wake);
  expect(await road.take({ accountId: a.accountId, laneId: lane.laneId }, randomUUID(), 30_000)).toBeNull();
  await expect(
    road.accept({ ...b, accountId: a.accountId, key: 'x', body: Buffer.from('x'), outcome: 'accepted', items: [inbound()] }),
  ).rejects.toThrow();
});
