import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '#platform/crypto';

/** `stale`: rightly signed, but more than five minutes from now. It is stored all the same; the dedupe key makes a replay harmless. */
export type SignatureVerdict = 'valid' | 'invalid' | 'stale' | 'absent';

export interface SignedDelivery {
  /** `X-Chatwoot-Signature`. */
  readonly signature: string | undefined;
  /** `X-Chatwoot-Timestamp`, Unix seconds. */
  readonly timestamp: string | undefined;
  /** The bytes as they came, before any parsing. */
  readonly rawBody: Uint8Array;
}

const TOLERANCE_MS = 300_000;

/** More than one secret while one is being replaced. An empty secret never verifies anything. */
export function verifyChatwootSignature(delivery: SignedDelivery, secrets: readonly Secret[], now: Date): SignatureVerdict {
  const { signature, timestamp, rawBody } = delivery;
  if (signature === undefined || signature === '') return 'absent';
  const offered = /^sha256=([0-9a-f]{64})$/i.exec(signature)?.[1];
  if (offered === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return 'invalid';

  const offeredBytes = Buffer.from(offered, 'hex');
  let signed = false;
  for (const secret of secrets) {
    const key = secret.expose();
    if (key === '') continue;
    const expected = createHmac('sha256', key).update(`${timestamp}.`).update(rawBody).digest();
    signed = timingSafeEqual(expected, offeredBytes) || signed;
  }
  if (!signed) return 'invalid';
  return Math.abs(now.getTime() - Number(timestamp) * 1_000) <= TOLERANCE_MS ? 'valid' : 'stale';
}
