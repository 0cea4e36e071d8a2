import { randomBytes, type KeyObject } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';

export const ACCESS_TOKEN_SECONDS = 300;
export const ACCESS_TOKEN_AUDIENCE = 'whatpro-hub';
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';
const TOLERANCE_SECONDS = 5;
const MAX_LENGTH = 2_048;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Who an access token speaks for. What they may do is not in it. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

interface SigningMaterial {
  readonly id: string;
  readonly privateKey: KeyObject;
}

interface VerifyOptions {
  readonly issuer: string;
  readonly now: Date;
  /** The public key with this id; undefined when there is none. */
  readonly findKey: (id: string) => Promise<KeyObject | undefined>;
}

/** The one place that signs access tokens (SECURITY.md IAM-01). */
export async function signAccessToken(
  key: SigningMaterial,
  { userId, sessionId }: AccessClaims,
  { issuer, now }: { readonly issuer: string; readonly now: Date },
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const expires = issuedAt + ACCESS_TOKEN_SECONDS;
  const claims = {
    iss: issuer,
    aud: ACCESS_TOKEN_AUDIENCE,
    sub: userId,
    sid: sessionId,
    jti: randomBytes(16).toString('base64url'),
    iat: issuedAt,
    nbf: issuedAt,
    exp: expires,
  };
  const token = await new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.id }).sign(key.privateKey);
  return { token, expiresAt: new Date(expires * 1_000) };
}

/** The one place that believes access tokens (SECURITY.md IAM-02). Null for every token that is not ours, whatever is wrong with it. */
export async function verifyAccessToken(token: string, { issuer, now, findKey }: VerifyOptions): Promise<AccessClaims | null> {
  if (token.length > MAX_LENGTH || !isPlain(token)) return null;
  const verified = await verify(token, { issuer, now, findKey });
  if (verified === null) return null;
  const { aud, sub, exp, iat, nbf, jti } = verified;
  const sid = verified['sid'];
  // jose takes a list of audiences that contains ours.
  if (aud !== ACCESS_TOKEN_AUDIENCE || typeof sub !== 'string' || typeof sid !== 'string' || typeof jti !== 'string') return null;
  if (!UUID.test(sub) || !UUID.test(sid)) return null;
  if (exp === undefined || iat === undefined || nbf === undefined || exp - iat > ACCESS_TOKEN_SECONDS) return null;
  return { userId: sub, sessionId: sid };
}

async function verify(token: string, { issuer, now, findKey }: VerifyOptions): Promise<JWTPayload | null> {
  let outage: { readonly cause: unknown } | undefined;
  const keyOf = async ({ kid }: { kid?: string }): Promise<KeyObject> => {
    const key = await findKey(kid ?? '').catch((cause: unknown) => {
      outage = { cause };
      return undefined;
    });
    if (key === undefined) throw new Error('no such key');
    return key;
  };
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer,
      audience: ACCESS_TOKEN_AUDIENCE,
      requiredClaims: ['sub', 'sid', 'jti', 'iat', 'nbf', 'exp'],
      maxTokenAge: ACCESS_TOKEN_SECONDS,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: now,
    });
    return payload;
  } catch {
    // A database that does not answer says nothing about the token.
    if (outage !== undefined) throw outage.cause;
    return null;
  }
}

/** Written as we write: a header of exactly three members, no member twice, no other spelling of the same JSON. */
function isPlain(token: string): boolean {
  const parts = token.split('.');
  const [header, payload] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined) return false;
  const members = parseOnce(header);
  return members !== null && Object.keys(members).sort().join() === 'alg,kid,typ' && parseOnce(payload) !== null;
}

function parseOnce(part: string): object | null {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && JSON.stringify(parsed) === text ? parsed : null;
  } catch {
    return null;
  }
}
