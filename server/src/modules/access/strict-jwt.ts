import type { KeyObject } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'EdDSA';
const TOLERANCE_SECONDS = 5;
const MAX_LENGTH = 2_048;

export interface SigningMaterial {
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** What makes one kind of token different from every other: none is ever taken for one of another kind (SECURITY.md IAM-02). */
export interface TokenKind {
  readonly type: string;
  readonly audience: string;
  readonly maxSeconds: number;
  /** Beside `iss`, `aud`, `jti`, `iat`, `nbf` and `exp`. */
  readonly claims: readonly string[];
}

export interface VerifyOptions {
  readonly issuer: string;
  readonly now: Date;
  /** The public key with this id; undefined when there is none. */
  readonly findKey: (id: string) => Promise<KeyObject | undefined>;
}

interface Minting {
  readonly jti: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  readonly issuer: string;
  readonly now: Date;
}

export async function signStrictly(
  { type, audience }: TokenKind,
  key: SigningMaterial,
  { jti, claims, seconds, issuer, now }: Minting,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const exp = issuedAt + seconds;
  const payload = { iss: issuer, aud: audience, ...claims, jti, iat: issuedAt, nbf: issuedAt, exp };
  const token = await new SignJWT(payload).setProtectedHeader({ alg: ALGORITHM, typ: type, kid: key.id }).sign(key.privateKey);
  return { token, expiresAt: new Date(exp * 1_000) };
}

/** Null for every token that is not of this kind and ours, whatever is wrong with it. */
export async function verifyStrictly(kind: TokenKind, token: string, options: VerifyOptions): Promise<JWTPayload | null> {
  if (token.length > MAX_LENGTH || !isPlain(token)) return null;
  const verified = await verify(kind, token, options);
  if (verified === null) return null;
  const { aud, jti, exp, iat, nbf } = verified;
  // jose takes a list of audiences that contains ours.
  if (aud !== kind.audience || typeof jti !== 'string') return null;
  if (exp === undefined || iat === undefined || nbf === undefined || exp - iat > kind.maxSeconds) return null;
  return verified;
}

async function verify(kind: TokenKind, token: string, { issuer, now, findKey }: VerifyOptions): Promise<JWTPayload | null> {
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
      typ: kind.type,
      issuer,
      audience: kind.audience,
      requiredClaims: [...kind.claims, 'jti', 'iat', 'nbf', 'exp'],
      maxTokenAge: kind.maxSeconds,
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

/** What a token says it is. Believed by nobody: it only chooses the function that verifies. */
export function claimedType(token: string): string | null {
  if (token.length > MAX_LENGTH) return null;
  const header = parseOnce(token.slice(0, Math.max(0, token.indexOf('.'))));
  const type: unknown = header === null ? null : Reflect.get(header, 'typ');
  return typeof type === 'string' ? type : null;
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
