import { describe, expect, test } from 'vitest';
import type { DeliveryFailure } from '#platform/outcome';
import { afterFailure } from './retry-policy.ts';

const failure = (over: Partial<DeliveryFailure> = {}): DeliveryFailure => ({
  kind: 'unavailable',
  retry: 'later',
  certainty: 'not-sent',
  scope: 'peer',
  detail: 'x',
  ...over,
});
const fresh = { attempts: 0, laneFailures: 0, ageMs: 0 };

describe('what follows from a failure', () => {
  test('one that can never succeed is a dead letter at once', () => {
    expect(afterFailure(failure({ retry: 'never' }), fresh).outcome).toBe('dead');
  });

  test('a peer that is down uses up no attempt and is asked again within 15 s, however long it lasts', () => {
    for (let laneFailures = 0; laneFailures < 500; laneFailures += 1) {
      const next = afterFailure(failure(), { attempts: 7, laneFailures, ageMs: 3_600_000 }, () => 1);
      expect(next).toMatchObject({ outcome: 'retry', counts: 0 });
      expect(next.outcome === 'retry' && next.afterMs).toBeLessThanOrEqual(15_000);
    }
  });

  test('after a day a message for a dead peer is a dead letter', () => {
    expect(afterFailure(failure(), { attempts: 0, laneFailures: 9, ageMs: 86_400_001 }).outcome).toBe('dead');
  });

  test('a message that itself is the matter has eight attempts', () => {
    const own = failure({ scope: 'message' });
    expect(afterFailure(own, { ...fresh, attempts: 6 })).toMatchObject({ outcome: 'retry', counts: 1 });
    expect(afterFailure(own, { ...fresh, attempts: 7 }).outcome).toBe('dead');
  });

  test('RL-11: after a lost answer the peer is not asked before it can have come to an end', () => {
    for (let n = 0; n < 200; n += 1) {
      const timeout = afterFailure(failure({ kind: 'timeout', certainty: 'unknown' }), fresh);
      expect(timeout.outcome === 'retry' && timeout.afterMs).toBeGreaterThanOrEqual(3_000);
      const dropped = afterFailure(failure({ kind: 'unreachable', certainty: 'unknown' }), fresh);
      expect(dropped.outcome === 'retry' && dropped.afterMs).toBeGreaterThanOrEqual(750);
    }
  });

  test('RL-14: what the peer asked for is honoured, with a little jitter', () => {
    const next = afterFailure(failure({ retryAfterMs: 20_000 }), fresh, () => 0.5);
    expect(next).toMatchObject({ outcome: 'retry', afterMs: 20_500 });
  });

  test('RL-14: throttling waits at least half of its base, an outage may try sooner', () => {
    for (let n = 0; n < 1_000; n += 1) {
      const throttled = afterFailure(failure({ kind: 'throttled' }), { ...fresh, laneFailures: 3 });
      expect(throttled.outcome === 'retry' && throttled.afterMs).toBeGreaterThanOrEqual(2_000);
      const down = afterFailure(failure(), { ...fresh, laneFailures: 3 });
      expect(down.outcome === 'retry' && down.afterMs).toBeLessThanOrEqual(4_000);
    }
  });
});
