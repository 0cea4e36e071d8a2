import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { bearer } from './security-client.ts';
import type { Credential } from './security-client.ts';

interface Genuine {
  readonly accessToken: string;
  readonly instanceToken: string;
  readonly apiKey: string;
  readonly refreshToken: string;
  /** As `/.well-known/jwks.json` shows it. */
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

/** Credentials nobody was given, made from those of a running Hub, by what is wrong with them (IAM-02). */
export function forgeries({ accessToken, instanceToken, apiKey, refreshToken, publicJwk }: Genuine): Readonly<Record<string, Credential>> {
  const [head = '', body = '', mark = ''] = accessToken.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, unknown>;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const other = generateKeyPairSync('ed25519');
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (changedHeader: object, changedClaims: object = {}): string =>
    `${part({ ...header, ...changedHeader })}.${part({ ...claims, ...changedClaims })}`;
  const signed = (text: string, key: KeyObject = other.privateKey): string =>
    `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
  const hmac = (text: string, secret: string): string => `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  const otherJwk = other.publicKey.export({ format: 'jwk' });
  const tokens: Readonly<Record<string, string>> = {
    'alg none': `${unsigned({ alg: 'none' })}.`,
    'alg None': `${unsigned({ alg: 'None' })}.`,
    'alg none with the old signature': `${unsigned({ alg: 'none' })}.${mark}`,
    'HS256 by the public key': hmac(unsigned({ alg: 'HS256' }), JSON.stringify(publicJwk)),
    'HS256 by the x of the public key': hmac(unsigned({ alg: 'HS256' }), String(publicJwk.x)),
    'another key under the same id': signed(unsigned({})),
    'another key under no id': signed(unsigned({ kid: undefined })),
    'an unknown key id': signed(unsigned({ kid: randomUUID() })),
    'a path as key id': signed(unsigned({ kid: '../../../../dev/null' })),
    'SQL as key id': signed(unsigned({ kid: "' OR '1'='1" })),
    'its own key in the header': signed(unsigned({ jwk: otherJwk })),
    'an address of keys in the header': signed(unsigned({ jku: 'http://127.0.0.1:1/jwks.json' })),
    'a certificate in the header': signed(unsigned({ x5c: ['AAAA'] })),
    'a critical extension': signed(unsigned({ crit: ['exp'] })),
    'another subject under the old signature': `${unsigned({}, { sub: randomUUID() })}.${mark}`,
    'another session under the old signature': `${unsigned({}, { sid: randomUUID() })}.${mark}`,
    'a later end under the old signature': `${unsigned({}, { exp: Number(claims.exp) + 9_000 })}.${mark}`,
    'an operator by its own word': signed(unsigned({}, { operator: true, role: 'operator' })),
    'the type of an instance token': signed(unsigned({ typ: 'wph-inst+jwt' })),
    'a cut signature': accessToken.slice(0, -4),
    'no signature': `${head}.${body}.`,
    'two parts': `${head}.${body}`,
    'four parts': `${accessToken}.AAAA`,
    'nine kilobytes': `${unsigned({}, { filler: 'x'.repeat(9_000) })}.${mark}`,
    'dots only': '..',
    'an instance token of another end': `${instanceToken.slice(0, -4)}AAAA`,
    'the refresh token': refreshToken,
    'an API key with another end': `${apiKey.slice(0, -1)}${apiKey.endsWith('A') ? 'B' : 'A'}`,
    'half an API key': apiKey.slice(0, Math.floor(apiKey.length / 2)),
  };
  return {
    ...Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, bearer(token)])),
    'no credential': {},
    'another scheme': { authorization: `Basic ${Buffer.from(`admin:${accessToken}`).toString('base64')}` },
    'the access token as an API key': { 'x-api-key': accessToken },
    'an API key with another end, in its own header': { 'x-api-key': `${apiKey.slice(0, -1)}${apiKey.endsWith('A') ? 'B' : 'A'}` },
    'the access token as a cookie': { cookie: `__Host-wph_rt=${accessToken}` },
  };
}
