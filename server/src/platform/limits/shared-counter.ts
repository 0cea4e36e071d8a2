import { z } from 'zod';
import type { Clock } from '#platform/clock';
import { createMemoryCounter } from './memory-counter.ts';
import type { RateCounter } from './rate-counter.ts';
import type { SharedStore } from './shared-store.ts';

const TAKE = `
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local left = redis.call('PTTL', KEYS[1])
local cost, points, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if left < 0 then used = 0 left = window end
if used + cost > points then return {0, math.max(0, points - used), left} end
redis.call('SET', KEYS[1], used + cost, 'PX', left)
return {1, points - used - cost, left}`;

const answerSchema = z.tuple([z.number(), z.number(), z.number()]);

/** After a store that did not answer, it is left alone this long, so that its silence is not added to every request. */
const REST_MS = 1_000;

/**
 * Counts in the shared store; while that is away, in this process at half the rate (SECURITY.md HT-10): several processes then
 * let through about what one limit meant, and nothing is unlimited.
 */
export function createSharedCounter(store: SharedStore, clock: Clock): RateCounter {
  const local = createMemoryCounter(clock);
  let awayUntilMs = 0;
  return {
    async take(key, cost, rule) {
      const { points, perSeconds } = rule;
      if (clock.monotonicMs() >= awayUntilMs) {
        try {
          const answer = await store.run(TAKE, [`hub:rate:${key}`], [cost, points, perSeconds * 1_000]);
          const [ok, remaining, resetMs] = answerSchema.parse(answer);
          return { ok: ok === 1, remaining, resetMs };
        } catch {
          awayUntilMs = clock.monotonicMs() + REST_MS;
        }
      }
      return local.take(key, cost, { points: Math.max(1, Math.floor(points / 2)), perSeconds });
    },
  };
}
