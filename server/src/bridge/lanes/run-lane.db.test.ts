import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { createTestDatabase } from '../../../../tests/support/database.ts';
import type { TestDatabase } from '../../../../tests/support/database.ts';
import { createRoad } from './road.ts';
import type { LaneRef, Road } from './road.ts';
import { runLane } from './run-lane.ts';
import type { Delivery } from './run-lane.ts';

let test_: TestDatabase;
let road: Road;
beforeAll(async () => {
  test_ = await createTestDatabase();
  road = createRoad(test_.database.road);
});
afterAll(async () => test_.drop());

/** A lane with so many messages, whose holder died after taking it. */
async function abandonedLane(messages: number): Promise<LaneRef> {
  const [accountId, serverId, instanceId, endpointId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await test_.database.withAccount(accountId, async (open) => {
    await open.account.create({ data: { id: accountId, name: 'Loja' } });
    await open.providerServer.create({ data: { accountId, id: serverId, provider: 'sandbox', name: 's', baseUrl: 'x', adminSecret: 'x' } });
    await open.instance.create({ data: { accountId, id: instanceId, providerServerId: serverId, name: 'i', externalId: 'i', token: 'x' } });
    await open.webhookEndpoint.create({
      data: { accountId, id: endpointId, source: 'sandbox', instanceId, tokenSha256: new Uint8Array(32), sealedToken: 'x' },
    });
  });
  const items = Array.from({ length: messages }, (_, n) => ({
    op: 'inbound' as const,
    chat: 'person',
    addresses: ['5511988887777@s.whatsapp.net'],
    aliases: [],
    name: 'Ana',
    phone: '+5511988887777',
    origin: 'contact',
    kind: 'text',
    content: { kind: 'text', text: String(n) },
    gatewayId: randomUUID(),
    quotedId: null,
    sentAt: new Date().toISOString(),
  }));
  const accepted = await road.accept({
    accountId,
    endpointId,
    instanceId,
    key: randomUUID(),
    body: Buffer.from('{}'),
    outcome: 'accepted',
    items,
  });
  const [lane] = accepted.wake;
  if (!lane || !(await road.take(lane, randomUUID(), 1))) throw new Error('the lane could not be abandoned');
  await new Promise((resolve) => setTimeout(resolve, 10));
  return lane;
}

const delivered = (wasThere: boolean): Delivery => ({ ok: true, settlement: { outcome: 'delivered' }, wasThere });
const cannotAsk: Delivery = {
  ok: false,
  failure: { kind: 'unavailable', retry: 'later', certainty: 'not-sent', scope: 'peer', detail: 'the look-up was answered 503' },
};

/** Runs the lane until it is empty; what the peer says to each attempt, and whether each attempt asked first. */
async function run(lane: LaneRef, answers: Delivery[]): Promise<string[]> {
  const attempts: string[] = [];
  const runner = {
    road,
    clock: systemClock,
    holder: randomUUID(),
    leaseMs: 30_000,
    deliver: async (
      _direction: unknown,
      { message, askFirst }: { message: { content: Readonly<Record<string, unknown>> }; askFirst: boolean },
    ) => {
      attempts.push(`${String(message.content.text)} ${askFirst ? 'asked' : 'sent'}`);
      return answers.shift() ?? delivered(false);
    },
    onSettled: () => undefined,
    wake: () => undefined,
    wakeAfter: () => undefined,
    stopping: () => false,
    isTransient: () => false,
  };
  for (let round = 0; round < 200; round += 1) {
    await runLane(runner, lane);
    const [left] = await test_.asSuperuser(
      `SELECT count(*)::int AS n FROM app.message WHERE lane_id = '${lane.laneId}' AND state = 'pending'`,
    );
    if (left?.n === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return attempts;
}

test('RL-11: a peer that could not be asked is asked again by the next attempt, not written to', async () => {
  const lane = await abandonedLane(1);
  expect(await run(lane, [cannotAsk, delivered(true)])).toEqual(['0 asked', '0 asked']);
});

test('RL-11: after a message that was there the next is in doubt too; after one that was not there none is', async () => {
  const lane = await abandonedLane(4);
  expect(await run(lane, [delivered(true), delivered(true), delivered(false)])).toEqual(['0 asked', '1 asked', '2 asked', '3 sent']);
});

test('RL-11: the doubt about what follows outlasts a look-up that failed in between', async () => {
  const lane = await abandonedLane(3);
  expect(await run(lane, [delivered(true), cannotAsk, delivered(true), delivered(false)])).toEqual([
    '0 asked',
    '1 asked',
    '1 asked',
    '2 asked',
  ]);
});
