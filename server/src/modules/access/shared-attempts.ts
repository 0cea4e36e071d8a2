import { createHash } from 'node:crypto';
import type { SharedStore } from '#platform/limits';
import type { Allowance, AttemptStore } from './attempt-limits.ts';

/** As `createMemoryAttemptStore` counts, in one step, by the clock of the store. Answers the milliseconds still to wait; 0 lets in. */
const TAKE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local attempts, window, first, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local kept = redis.call('HMGET', KEYS[1], 'taken', 'ends', 'next')
local taken, ends, nextAllowed = tonumber(kept[1]) or 0, tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
if now >= ends then taken = 0 ends = now + window nextAllowed = 0 end
if taken >= attempts then
  local blockedUntil = ends
  if first > 0 then blockedUntil = nextAllowed end
  if now < blockedUntil then return blockedUntil - now end
end
taken = taken + 1
if first > 0 and taken >= attempts then
  nextAllowed = now + math.min(first * 2 ^ math.min(taken - attempts, 40), longest)
  ends = math.max(ends, now + window)
end
redis.call('HSET', KEYS[1], 'taken', taken, 'ends', ends, 'next', nextAllowed)
redis.call('PEXPIRE', KEYS[1], ends - now)
return 0`;

const GIVE_BACK = `
local taken = tonumber(redis.call('HGET', KEYS[1], 'taken') or '0')
if taken > 0 then redis.call('HINCRBY', KEYS[1], 'taken', -1) end
return 0`;

const FORGET = `return redis.call('DEL', KEYS[1])`;

/** E-mails and addresses are in these keys, so the store sees their hash. */
const placeOf = (key: string): string => `hub:attempts:${createHash('sha256').update(key).digest('base64url')}`;

const halved = (allowance: Allowance): Allowance => ({ ...allowance, attempts: Math.max(1, Math.floor(allowance.attempts / 2)) });

/**
 * Attempts counted for all processes together. While the store is away each process counts for itself at half the limit: an
 * outage is no way to try more passwords (SECURITY.md IAM-17).
 */
export function createSharedAttemptStore(store: SharedStore, local: AttemptStore): AttemptStore {
  return {
    async take(key, allowance) {
      const { attempts, windowMs, growingWait } = allowance;
      try {
        const waitMs = Number(
          await store.run(TAKE, [placeOf(key)], [attempts, windowMs, growingWait?.firstMs ?? 0, growingWait?.longestMs ?? 0]),
        );
        return waitMs <= 0 ? { allowed: true } : { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
      } catch {
        return local.take(key, halved(allowance));
      }
    },
    async giveBack(key) {
      await Promise.all([local.giveBack(key), store.run(GIVE_BACK, [placeOf(key)], []).catch(() => undefined)]);
    },
    async forget(key) {
      await Promise.all([local.forget(key), store.run(FORGET, [placeOf(key)], []).catch(() => undefined)]);
    },
  };
}
