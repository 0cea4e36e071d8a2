import { z } from 'zod';
import { idSchema } from '@whatpro/sdk/contract';
import { type SigningMaterial, signStrictly, type TokenKind, type VerifyOptions, verifyStrictly } from './strict-jwt.ts';

export const INSTANCE_TOKEN_TYPE = 'wph-inst+jwt';
export const INSTANCE_TOKEN_AUDIENCE = 'whatpro:embed:v1';
export const INSTANCE_TOKEN_MAX_SECONDS = 900;

const KIND: TokenKind = {
  type: INSTANCE_TOKEN_TYPE,
  audience: INSTANCE_TOKEN_AUDIENCE,
  maxSeconds: INSTANCE_TOKEN_MAX_SECONDS,
  claims: ['sub', 'acc', 'ins', 'org', 'scp'],
};

/** What an instance token says of itself. Its row says the same, and the row decides. */
export interface InstanceTokenClaims {
  readonly tokenId: string;
  readonly accountId: string;
  readonly instanceId: string | null;
  readonly origin: string | null;
  readonly scopes: readonly string[];
}

const claimsSchema = z.object({
  jti: idSchema,
  sub: idSchema,
  acc: idSchema,
  ins: idSchema.nullable(),
  org: z.string().max(300).nullable(),
  scp: z.array(z.string().max(40)).max(50),
});

/** The one place that signs instance tokens. `seconds` is at most 900. */
export function signInstanceToken(
  key: SigningMaterial,
  { tokenId, accountId, instanceId, origin, scopes }: InstanceTokenClaims,
  { seconds, issuer, now }: { readonly seconds: number; readonly issuer: string; readonly now: Date },
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const claims = { sub: tokenId, acc: accountId, ins: instanceId, org: origin, scp: scopes };
  return signStrictly(KIND, key, { jti: tokenId, claims, seconds, issuer, now });
}

/** The one place that believes instance tokens. Null for every token that is not one of ours. */
export async function verifyInstanceToken(token: string, options: VerifyOptions): Promise<InstanceTokenClaims | null> {
  const verified = await verifyStrictly(KIND, token, options);
  const claims = verified === null ? null : claimsSchema.safeParse(verified).data;
  if (!claims || claims.sub !== claims.jti) return null;
  return { tokenId: claims.jti, accountId: claims.acc, instanceId: claims.ins, origin: claims.org, scopes: claims.scp };
}
