import { type Attempt, type DeliveryFailure, failed, type FailureKind, succeeded } from '#platform/outcome';
import type { HttpFailure } from './incoming-body.ts';

const KINDS: Readonly<Record<HttpFailure['reason'], FailureKind>> = {
  refused: 'unreachable',
  dns: 'unreachable',
  tls: 'unreachable',
  dropped: 'unreachable',
  timeout: 'timeout',
  blocked: 'blocked',
  'too-large': 'too-large',
};

/**
 * The failure behind a request without a usable answer. Trouble on the way is the peer's and passes, a closed address too:
 * the operator may open it. `too-large` stays with the message.
 */
export function failureOf(answer: HttpFailure): DeliveryFailure {
  const lasting = answer.reason === 'too-large';
  return {
    kind: KINDS[answer.reason],
    retry: lasting ? 'never' : 'later',
    certainty: answer.mayHaveArrived ? 'unknown' : 'not-sent',
    scope: lasting ? 'message' : 'peer',
    detail: answer.detail.slice(0, 500),
  };
}

const MIN_RETRY_AFTER_MS = 1_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What `Retry-After` asks for, as seconds or as an HTTP date, between 1 second and 1 hour; undefined when absent or unreadable. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const text = headers['retry-after']?.trim();
  if (!text) return undefined;
  const isSeconds = /^\d+(\.\d+)?$/.test(text);
  const waitMs = isSeconds ? Number(text) * 1_000 : /[a-z]/i.test(text) ? Date.parse(text) - now.getTime() : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.round(Math.min(Math.max(waitMs, MIN_RETRY_AFTER_MS), MAX_RETRY_AFTER_MS));
}

/** Deeper than any known vendor payload; far below where serialising overflows the stack. */
const MAX_JSON_DEPTH = 100;

function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}

/** Reads an answer's body as JSON. An unreadable one is `invalid-answer` with unknown certainty: the peer may have acted. */
export function parseJson(body: Buffer): Attempt<unknown> {
  const invalid = (detail: string): Attempt<never> =>
    failed({ kind: 'invalid-answer', retry: 'later', certainty: 'unknown', scope: 'message', detail });
  if (isTooDeep(body)) return invalid('the answer is nested too deep');
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return succeeded(value);
  } catch {
    return invalid('the answer is not JSON');
  }
}
