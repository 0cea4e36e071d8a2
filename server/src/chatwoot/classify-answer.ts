import { failureOf, retryAfterMs, type HttpFailure } from '#platform/http';
import type { DeliveryFailure } from '#platform/outcome';

/** `creates`: doing it twice makes two of them. `repeatable`: doing it twice changes nothing more. */
export type Effect = 'creates' | 'repeatable';

type Certainty = DeliveryFailure['certainty'];

export interface RefusedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What Chatwoot said, already scrubbed; null when the answer was no JSON, so that a proxy spoke. */
  readonly said: string | null;
}

const FLOOD_PAUSE_MS = 60_000;
const THROTTLED_PAUSE_MS = 30_000;

/** Statuses of a proxy that could not reach Chatwoot: nothing was executed. */
const NEVER_REACHED = new Set([503, 521, 523, 525, 526]);

/** An address that our own rules refuse is a matter of settings: messages wait for them, none is given up. */
export function classifyNetworkFailure(answer: HttpFailure, effect: Effect): DeliveryFailure {
  const failure = { ...failureOf(answer), detail: `Chatwoot: ${answer.reason}: ${answer.detail}` };
  const certainty: Certainty = effect === 'creates' ? failure.certainty : 'not-sent';
  if (answer.reason === 'too-large') return { ...failure, certainty, kind: 'invalid-answer', retry: 'later' };
  return { ...failure, certainty, retry: 'later', scope: 'peer' };
}

export function classifyRefusal(answer: RefusedAnswer, effect: Effect, now: Date): DeliveryFailure {
  const { status } = answer;
  const base = { certainty: 'not-sent', detail: `Chatwoot answered ${status}: ${answer.said ?? '(no JSON)'}` } as const;
  const pause = retryAfterMs(answer.headers, now);
  const asked = pause === undefined ? {} : { retryAfterMs: pause };

  if (status < 400) return { ...base, kind: 'invalid-answer', retry: 'later', scope: 'peer' };
  if (status === 401) return { ...base, kind: 'credentials', retry: 'later', scope: 'peer' };
  // Chatwoot says 403 and 404 in JSON; a proxy in front of a restarting Chatwoot says them in text.
  if ((status === 403 || status === 404) && answer.said === null) {
    return { ...base, kind: 'unavailable', retry: 'later', scope: 'peer' };
  }
  if (status === 404) return { ...base, kind: 'not-found', retry: 'never', scope: 'message' };
  if (status === 408 || status === 425) return { ...base, kind: 'unavailable', retry: 'later', scope: 'peer', ...asked };
  if (status === 413) return { ...base, kind: 'too-large', retry: 'never', scope: 'message' };
  if (status === 429) {
    return { ...base, kind: 'throttled', retry: 'later', scope: 'peer', retryAfterMs: pause ?? THROTTLED_PAUSE_MS };
  }
  // The flood guard counts per conversation, so other conversations go on.
  if (status === 422 && /too many messages/i.test(answer.said ?? '')) {
    return { ...base, kind: 'throttled', retry: 'later', scope: 'message', retryAfterMs: FLOOD_PAUSE_MS };
  }
  if (status < 500) return { ...base, kind: 'rejected', retry: 'never', scope: 'message' };

  const certainty: Certainty = effect === 'creates' && !NEVER_REACHED.has(status) ? 'unknown' : 'not-sent';
  return { ...base, ...asked, kind: 'unavailable', retry: 'later', certainty, scope: status === 500 ? 'message' : 'peer' };
}

export function unreadableAnswer(what: string, effect: Effect): DeliveryFailure {
  return {
    kind: 'invalid-answer',
    retry: 'later',
    certainty: effect === 'creates' ? 'unknown' : 'not-sent',
    scope: 'message',
    detail: `Chatwoot's answer is not what its contract says: ${what}`,
  };
}
