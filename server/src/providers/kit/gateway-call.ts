import { Secret } from '#platform/crypto';
import type { HttpRequest } from '#platform/http';
import { failureOf, parseJson, retryAfterMs } from '#platform/http';
import type { Attempt, DeliveryFailure } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { ProviderTools } from './provider.ts';
import { withoutValues } from './secrets-in-payloads.ts';

/** An answer that is not a success. */
export interface Refusal {
  readonly status: number;
  /** Null when the body is not JSON. */
  readonly json: unknown;
  readonly retryAfterMs: number | null;
}

/**
 * One JSON call to a gateway. `refusal` says what an answer outside 200–299 means there. An empty success is null: some verbs
 * answer 204. What a gateway repeats of the request's secrets never gets into a failure.
 */
export async function callJson(
  tools: ProviderTools,
  request: HttpRequest,
  refusal: (refused: Refusal) => DeliveryFailure,
): Promise<Attempt<unknown>> {
  const secrets = Object.values(request.headers ?? {}).flatMap((value) => (value instanceof Secret ? [value.expose()] : []));
  const answer = await tools.http.request(request);
  if (!answer.ok) return failed(scrubbed(failureOf(answer), secrets));
  const { status, body } = answer;
  if (status >= 200 && status < 300) return body.length === 0 ? succeeded(null) : parseJson(body);
  // Before parsing too: a text that is cut to length later could end in the middle of a secret.
  const read = parseJson(Buffer.from(withoutValues(body.toString('utf8'), secrets)));
  const waitMs = retryAfterMs(answer.headers, tools.clock.now()) ?? null;
  return failed(scrubbed(refusal({ status, json: read.ok ? read.value : null, retryAfterMs: waitMs }), secrets));
}

/** The peer said yes and nothing usable: it may have acted. */
export const invalidAnswer = (why: string): DeliveryFailure => ({
  kind: 'invalid-answer',
  retry: 'later',
  certainty: 'unknown',
  scope: 'message',
  detail: why,
});

/** We refuse before anything leaves. */
export const refusedHere = (kind: 'unsupported' | 'too-large' | 'rejected', why: string): DeliveryFailure => ({
  kind,
  retry: 'never',
  certainty: 'not-sent',
  scope: 'message',
  detail: why,
});

function scrubbed(failure: DeliveryFailure, secrets: readonly string[]): DeliveryFailure {
  const { detail, vendorText } = failure;
  return {
    ...failure,
    detail: withoutValues(detail, secrets),
    ...(vendorText === undefined ? {} : { vendorText: withoutValues(vendorText, secrets) }),
  };
}
