import type { Secret } from '#platform/crypto';
import type { HttpBody, HttpRequest } from '#platform/http';
import type { Attempt, DeliveryFailure } from '#platform/outcome';
import type { ProviderTools, Refusal } from '#provider-kit';
import { at, callJson, lineOf } from '#provider-kit';

export type Call = (request: {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: HttpBody;
}) => Promise<Attempt<unknown>>;

const TIMEOUT_MS = 15_000;

export const gatewayCalls =
  (tools: ProviderTools, baseUrl: string, key: Secret): Call =>
  ({ path, ...request }) =>
    callJson(tools, { ...request, url: `${baseUrl}${path}`, headers: { 'x-sandbox-key': key }, timeoutMs: TIMEOUT_MS }, sandboxFailure);

type Verdict = Pick<DeliveryFailure, 'kind' | 'retry' | 'certainty' | 'scope'>;

const PEER = { retry: 'later', certainty: 'not-sent', scope: 'peer' } as const;
const MESSAGE = { retry: 'never', certainty: 'not-sent', scope: 'message' } as const;

const BY_STATUS: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [401, { kind: 'credentials', ...PEER }],
  [403, { kind: 'credentials', ...PEER }],
  [404, { kind: 'not-found', ...PEER }],
  [409, { kind: 'not-connected', ...PEER }],
  [413, { kind: 'too-large', ...MESSAGE }],
  [422, { kind: 'not-on-whatsapp', ...MESSAGE }],
  [429, { kind: 'throttled', ...PEER }],
]);

export function sandboxFailure({ status, json, retryAfterMs }: Refusal): DeliveryFailure {
  const other: Verdict =
    status < 500
      ? { kind: 'rejected', ...MESSAGE }
      : { kind: 'unavailable', retry: 'later', certainty: 'unknown', scope: status === 500 ? 'message' : 'peer' };
  return {
    ...(BY_STATUS.get(status) ?? other),
    detail: `sandbox ${status}: ${lineOf(at(json, 'error'), 400) ?? ''}`,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  };
}
