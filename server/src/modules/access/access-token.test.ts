import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { ACCESS_TOKEN_AUDIENCE, signAccessToken, verifyAccessToken } from './access-token.ts';

const issuer = 'https://hub.example.com';
const now = new Date('2026-11-22T10:00:00.000Z');
const seconds = Math.floor(now.getTime() / 1_000);
const pair = generateKeyPairSync('ed25519');
const key = { id: 'key-1', privateKey: pair.privateKey };
const who = { userId: randomUUID(), sessionId: randomUUID() };
const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1' };
const claims = {
  iss: issuer,
  aud: ACCESS_TOKEN_AUDIENCE,
  sub: who.userId,
  sid: who.sessionId,
  jti: 'AAAAAAAAAAAAAAAAAAAAAA',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 300,
};

const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const made = (head: unknown, body: unknown, privateKey: KeyObject = pair.privateKey): string => {
  const signed = `${part(head)}.${part(body)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
};
const believed = (token: string, at: Date = now) =>
  verifyAccessToken(token, { issuer, now: at, findKey: async (id) => (id === 'key-1' ? pair.publicKey : undefined) });
const without = (name: keyof typeof claims): object => Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));

describe('access tokens (IAM-01)', () => {
  it('carry exactly the agreed header and claims, and no role', async () => {
    const { token, expiresAt } = await signAccessToken(key, who, { issuer, now });
    const [head, body] = token
      .split('.')
      .slice(0, 2)
      .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()));
    expect(head).toEqual(header);
    expect(Object.keys(body).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sid', 'sub']);
    expect(expiresAt.getTime() - now.getTime()).toBe(300_000);
    expect(await believed(token)).toEqual(who);
  });

  it('are believed until five seconds after their end, for clocks that differ', async () => {
    const { token } = await signAccessToken(key, who, { issuer, now });
    expect(await believed(token, new Date(now.getTime() + 304_000))).toEqual(who);
    expect(await believed(token, new Date(now.getTime() + 306_000))).toBeNull();
  });
});

describe('forged access tokens (IAM-02)', () => {
  const other = generateKeyPairSync('ed25519');
  const publicBytes = pair.publicKey.export({ type: 'spki', format: 'der' });
  const unsigned = `${part({ ...header, alg: 'none' })}.${part(claims)}.`;
  const hs256 = (): string => {
    const signed = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`;
    return `${signed}.${createHmac('sha256', publicBytes).update(signed).digest('base64url')}`;
  };
  const good = made(header, claims);
  const doubled = JSON.stringify(claims).replace('{', `{"sub":"${randomUUID()}",`);
  const corpus: Record<string, string> = {
    'alg none': unsigned,
    'alg None': `${part({ ...header, alg: 'None' })}.${part(claims)}.`,
    'HS256 signed with the bytes of the public key': hs256(),
    'signed by another key': made(header, claims, other.privateKey),
    'unknown key id': made({ ...header, kid: 'key-2' }, claims),
    'path in the key id': made({ ...header, kid: '../../etc/passwd' }, claims),
    'SQL in the key id': made({ ...header, kid: "key-1' OR '1'='1" }, claims),
    'no key id': made({ alg: 'EdDSA', typ: 'at+jwt' }, claims),
    'key in the header': made({ ...header, jwk: other.publicKey.export({ format: 'jwk' }) }, claims, other.privateKey),
    'address of keys in the header': made({ ...header, jku: 'https://evil.example/jwks.json' }, claims),
    'critical extension': made({ ...header, crit: ['b64'], b64: true }, claims),
    'typ JWT': made({ ...header, typ: 'JWT' }, claims),
    'typ of an instance token': made({ ...header, typ: 'wph-inst+jwt' }, claims),
    'no typ': made({ alg: 'EdDSA', kid: 'key-1' }, claims),
    'other issuer': made(header, { ...claims, iss: 'https://hub.example.com.evil' }),
    'other audience': made(header, { ...claims, aud: 'other' }),
    'audience list with an extra': made(header, { ...claims, aud: [ACCESS_TOKEN_AUDIENCE, 'other'] }),
    'audience list of one': made(header, { ...claims, aud: [ACCESS_TOKEN_AUDIENCE] }),
    'expired by six seconds': made(header, { ...claims, iat: seconds - 200, nbf: seconds - 200, exp: seconds - 6 }),
    'not valid for six more seconds': made(header, { ...claims, nbf: seconds + 6 }),
    'issued in the future': made(header, { ...claims, iat: seconds + 60, exp: seconds + 300 }),
    'issued long ago and never ending': made(header, { ...claims, iat: seconds - 4_000, nbf: seconds - 4_000, exp: seconds + 4_000 }),
    'living longer than 300 s': made(header, { ...claims, exp: seconds + 3_000 }),
    'expiry as text': made(header, { ...claims, exp: String(seconds + 300) }),
    'subject that is no id': made(header, { ...claims, sub: 'admin' }),
    'session that is no id': made(header, { ...claims, sid: 1 }),
    'a member twice': made(header, doubled),
    'a header member twice': made('{"alg":"EdDSA","typ":"at+jwt","kid":"key-2","kid":"key-1"}', claims),
    'a payload that is a list': made(header, '[]'),
    'a payload that is not JSON': made(header, 'claims'),
    'a cut signature': good.slice(0, -2),
    'no signature': good.slice(0, good.lastIndexOf('.') + 1),
    'two parts': good.slice(0, good.lastIndexOf('.')),
    'four parts': `${good}.AA`,
    '9 KB': made(header, { ...claims, filler: 'x'.repeat(9_000) }),
    empty: '',
    dots: '..',
  };
  for (const name of ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'nbf', 'exp'] as const)
    corpus[`without ${name}`] = made(header, without(name));

  it('has a control: the token that the others are variations of is believed', async () => {
    expect(await believed(good)).toEqual(who);
  });

  it.each(Object.entries(corpus))('refuses: %s', async (_name, token) => {
    expect(await believed(token)).toBeNull();
  });

  it('refuses an encrypted token', async () => {
    const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(Buffer.alloc(32, 7));
    expect(await believed(jwe)).toBeNull();
  });

  it('does not take a key that cannot be read for a bad token', async () => {
    const outage = verifyAccessToken(good, { issuer, now, findKey: () => Promise.reject(new Error('no answer')) });
    await expect(outage).rejects.toThrow('no answer');
  });
});
