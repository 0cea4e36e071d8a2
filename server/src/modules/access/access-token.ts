import { randomBytes } from 'node:crypto';
import { type SigningMaterial, signStrictly, type TokenKind, type VerifyOptions, verifyStrictly } from './strict-jwt.ts';

export const ACCESS_TOKEN_SECONDS = 300;
export const ACCESS_TOKEN_AUDIENCE = 'whatpro-hub';
export const ACCESS_TOKEN_TYPE = 'at+jwt';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const KIND: TokenKind = {
  type: ACCESS_TOKEN_TYPE,
  audience: ACCESS_TOKEN_AUDIENCE,
  maxSeconds: ACCESS_TOKEN_SECONDS,
  claims: ['sub', 'sid'],
};

/** Who an access token speaks for. What they may do is not in it. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** The one place that signs access tokens (SECURITY.md IAM-01). */
export function signAccessToken(
  key: SigningMaterial,
  { userId, sessionId }: AccessClaims,
  { issuer, now }: { readonly issuer: string; readonly now: Date },
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const claims = { sub: userId, sid: sessionId };
  return signStrictly(KIND, key, { jti: randomBytes(16).toString('base64url'), claims, seconds: ACCESS_TOKEN_SECONDS, issuer, now });
}

/** The one place that believes access tokens (SECURITY.md IAM-02). Null for every token that is not ours, whatever is wrong with it. */
export async function verifyAccessToken(token: string, options: VerifyOptions): Promise<AccessClaims | null> {
  const verified = await verifyStrictly(KIND, token, options);
  if (verified === null) return null;
  const { sub } = verified;
  const sid = verified['sid'];
  if (typeof sub !== 'string' || typeof sid !== 'string' || !UUID.test(sub) || !UUID.test(sid)) return null;
  return { userId: sub, sessionId: sid };
}
