import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#platform/clock';
import { createSharedCounter, openSharedStore, type SharedStore } from '#platform/limits';
import { createMemoryAttemptStore } from './attempt-limits.ts';
import { createSharedAttemptStore } from './shared-attempts.ts';

const REDIS = 'redis-server';
const hasRedis = spawnSync(REDIS, ['--version']).status === 0;
const rule = { points: 50, perSeconds: 60 };
const allowance = { attempts: 10, windowMs: 60_000 };

/** Needs a redis-server on the machine; what does not need one is proved beside it. */
describe.skipIf(!hasRedis)('counts that processes share, in a real Redis', () => {
  let redis: ChildProcess;
  let stores: readonly [SharedStore, SharedStore];
  const counterOf = (store: SharedStore) => createSharedCounter(store, systemClock);
  const attemptsOf = (store: SharedStore) => createSharedAttemptStore(store, createMemoryAttemptStore(systemClock));

  beforeAll(async () => {
    const port = await freePort();
    redis = spawn(REDIS, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    const open = () => openSharedStore(`redis://127.0.0.1:${port}`, () => undefined);
    stores = [open(), open()];
    for (const store of stores) await answering(store);
  }, 20_000);
  afterAll(() => {
    for (const store of stores ?? []) store.close();
    redis?.kill();
  });

  it('let exactly 50 of 200 through that come at once to two processes', async () => {
    const [one, other] = [counterOf(stores[0]), counterOf(stores[1])];
    const taken = await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? one : other).take('a', 1, rule)));
    expect(taken.filter(({ ok }) => ok)).toHaveLength(50);
    const last = await one.take('a', 1, rule);
    expect(last).toMatchObject({ ok: false, remaining: 0 });
    expect(last.resetMs).toBeGreaterThan(50_000);
  });

  it('begin anew after their window', async () => {
    const one = counterOf(stores[0]);
    const short = { points: 1, perSeconds: 0.05 };
    expect([(await one.take('b', 1, short)).ok, (await one.take('b', 1, short)).ok]).toEqual([true, false]);
    await expect.poll(async () => (await one.take('b', 1, short)).ok).toBe(true);
  });

  it('let 10 of 200 sign-ins through that are tried at two processes, and count again what is given back (IAM-17)', async () => {
    const [one, other] = [attemptsOf(stores[0]), attemptsOf(stores[1])];
    const verdicts = await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? one : other).take('ana', allowance)));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10);
    await one.giveBack('ana');
    expect((await other.take('ana', allowance)).allowed).toBe(true);
    expect(await other.take('ana', allowance)).toMatchObject({ allowed: false, retryAfterSeconds: 60 });
    await one.forget('ana');
    expect((await other.take('ana', allowance)).allowed).toBe(true);
  });

  it('make each further sign-in wait twice as long, and never lock', async () => {
    const attempts = attemptsOf(stores[0]);
    const growing = { attempts: 2, windowMs: 60_000, growingWait: { firstMs: 20, longestMs: 60_000 } };
    for (let attempt = 0; attempt < 2; attempt += 1) expect((await attempts.take('bia', growing)).allowed).toBe(true);
    expect((await attempts.take('bia', growing)).allowed).toBe(false);
    await expect.poll(async () => (await attempts.take('bia', growing)).allowed).toBe(true);
  });

  it('keep no e-mail and no address in their keys', async () => {
    const attempts = attemptsOf(stores[0]);
    await attempts.take('sign-in:email:canary@example.com', allowance);
    expect(JSON.stringify(await stores[0].run(`return redis.call('KEYS', '*')`, [], []))).not.toContain('canary');
  });

  it('go on in each process when the store is killed: at half the limit, and never without one (HT-10)', async () => {
    const counter = counterOf(stores[0]);
    const attempts = attemptsOf(stores[0]);
    const ended = new Promise((resolve) => redis.once('exit', resolve));
    redis.kill('SIGKILL');
    await ended;
    const taken = [];
    for (let call = 0; call < 100; call += 1) taken.push(await counter.take('c', 1, rule));
    expect(taken.filter(({ ok }) => ok)).toHaveLength(25);
    const verdicts = [];
    for (let call = 0; call < 20; call += 1) verdicts.push(await attempts.take('carla', allowance));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5);
  });
});

async function answering(store: SharedStore): Promise<void> {
  await vi.waitFor(() => store.run('return 1', [], []), { timeout: 10_000 });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
