import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { steeredClock } from './access.fixture.ts';
import { signAccessToken, verifyAccessToken } from './access-token.ts';
import { rotateSigningKeys } from './rotate-signing-keys.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const issuer = 'https://hub.example.com';
const who = { userId: '0190a000-0000-7000-8000-000000000001', sessionId: '0190a000-0000-7000-8000-000000000002' };
const keyRing = createKeyRing({ current: { id: 'test', key: randomBytes(32) } });

let testDatabase: TestDatabase;
let clock: ReturnType<typeof steeredClock>;
beforeAll(async () => void (testDatabase = await createTestDatabase({ poolSize: 10 })));
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  clock = steeredClock();
  await testDatabase.asSuperuser('DELETE FROM app.signing_key');
});

let reads = 0;
const counted = (): Pick<Database, 'system'> => ({
  system: { ...testDatabase.database.system, run: (work) => ((reads += 1), testDatabase.database.system.run(work)) },
});
const processOf = () => createSigningKeys({ database: counted(), keyRing, clock });
const rotate = (how: 'start' | 'emergency' | 'when-due') => rotateSigningKeys({ database: testDatabase.database, keyRing, clock }, how);
const signed = async (keys: SigningKeys) => (await signAccessToken(await keys.current(), who, { issuer, now: clock.now() })).token;
const isBelieved = async (keys: SigningKeys, token: string) =>
  (await verifyAccessToken(token, { issuer, now: clock.now(), findKey: keys.find })) !== null;
const states = async () =>
  (await testDatabase.database.system.run((tables) => tables.signingKey.findMany({ orderBy: { createdAt: 'asc' } })))
    .map(({ state }) => state)
    .toSorted();
const published = async (keys: SigningKeys) => (await keys.published()).keys.map(({ kid }) => kid);

describe('rotation of signing keys (IAM-03)', () => {
  it('publishes the next key 15 minutes before it signs, and keeps the previous one for 30 minutes', async () => {
    const keys = processOf();
    const before = (await keys.current()).id;
    await rotate('start');
    keys.forget();
    const [next] = (await published(keys)).filter((id) => id !== before);
    clock.pass(15 * MINUTE - 1_000);
    expect((await keys.current()).id).toBe(before);
    expect(await states()).toEqual(['current', 'next']);
    clock.pass(4_000);
    expect((await keys.current()).id).toBe(next);
    expect(await states()).toEqual(['current', 'previous']);
    clock.pass(30 * MINUTE - 10_000);
    expect(await published(keys)).toHaveLength(2);
    clock.pass(14_000);
    expect(await published(keys)).toEqual([next]);
  });

  it('begins by itself after 90 days, once, however many processes look at the same moment', async () => {
    const processes = Array.from({ length: 6 }, processOf);
    const before = (await processes[0]!.current()).id;
    clock.pass(90 * DAY);
    await Promise.all(processes.map((keys) => keys.published()));
    expect(await states()).toEqual(['current', 'next']);
    clock.pass(16 * MINUTE);
    const after = await Promise.all(processes.map(async (keys) => (await keys.current()).id));
    expect([new Set(after).size, after.includes(before)]).toEqual([1, false]);
    expect(await states()).toEqual(['current', 'previous']);
  });

  it('refuses no good token while it goes on, in any process', async () => {
    const [one, two] = [processOf(), processOf()];
    const living: { readonly token: string; readonly until: number }[] = [];
    await rotate('when-due');
    await rotate('start');
    let checked = 0;
    for (let step = 0; step < 160; step += 1) {
      clock.pass(20_000);
      living.push({ token: await signed(step % 2 === 0 ? one : two), until: clock.monotonicMs() + 300_000 });
      for (const { token, until } of living) {
        if (until < clock.monotonicMs()) continue;
        checked += 1;
        expect([await isBelieved(one, token), await isBelieved(two, token)]).toEqual([true, true]);
      }
    }
    expect(checked).toBeGreaterThan(1_000);
    expect(await states()).toEqual(['current']);
  });

  it('in an emergency believes nothing signed before, in every process within five seconds, and goes on with a new key', async () => {
    const [one, two] = [processOf(), processOf()];
    const stolen = await signed(one);
    expect([await isBelieved(one, stolen), await isBelieved(two, stolen)]).toEqual([true, true]);
    await rotate('emergency');
    clock.pass(4_999);
    expect([await isBelieved(one, stolen), await isBelieved(two, stolen)]).toEqual([false, false]);
    const fresh = await signed(one);
    expect([await isBelieved(one, fresh), await isBelieved(two, fresh)]).toEqual([true, true]);
    expect(await states()).toEqual(['current']);
  });

  it('reads the keys once in 30 seconds however many unknown ids are presented', async () => {
    const keys = processOf();
    await keys.published();
    reads = 0;
    for (let at = 0; at < 1_000; at += 1) {
      expect(await keys.find(`unknown-${at}`)).toBeUndefined();
      clock.pass(29);
    }
    expect(reads).toBe(1);
    clock.pass(1_000);
    await keys.find('unknown');
    expect(reads).toBe(2);
  });
});
