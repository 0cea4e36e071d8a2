/** The closed list of what can be wrong with an attempt. */
export type FailureKind =
  | 'unreachable' // no connection, DNS, TLS, connection reset
  | 'timeout'
  | 'unavailable' // the peer answered that it cannot serve now (5xx, licence, maintenance)
  | 'throttled'
  | 'credentials' // the peer refused who we are
  | 'not-connected' // the WhatsApp session behind the gateway is closed
  | 'not-found' // the thing addressed is gone at the peer
  | 'not-on-whatsapp'
  | 'rejected' // the peer understood and refused this message
  | 'unsupported'
  | 'too-large'
  | 'blocked' // our own egress rules refused the address
  | 'invalid-answer';

export interface DeliveryFailure {
  readonly kind: FailureKind;
  /** `later`: the same attempt may succeed. `never`: it cannot; it becomes a dead letter. */
  readonly retry: 'later' | 'never';
  /** `unknown`: the peer may have acted. It is asked before anything is sent again. */
  readonly certainty: 'not-sent' | 'unknown';
  /** `peer`: everything sent there fails now, no attempt is used up. `message`: this message is the matter. */
  readonly scope: 'peer' | 'message';
  /** What the peer asked for (Retry-After), in milliseconds. */
  readonly retryAfterMs?: number;
  /** For logs and executions: scrubbed, never a secret, at most 500 characters. */
  readonly detail: string;
  /** What a vendor wrote for a person, in their words (for example uazapi's `message_ptbr`). */
  readonly vendorText?: string;
}

export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: DeliveryFailure };

export const succeeded = <T>(value: T): Attempt<T> => ({ ok: true, value });

export const failed = (failure: DeliveryFailure): { readonly ok: false; readonly failure: DeliveryFailure } => ({
  ok: false,
  failure: { ...failure, detail: failure.detail.slice(0, 500) },
});
