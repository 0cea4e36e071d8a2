import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { signAccessToken, verifyAccessToken } from './access-token.ts';
import { signInstanceToken, verifyInstanceToken } from './instance-token.ts';

const issuer = 'https://hub.example.com';
const now = new Date('2026-11-22T10:00:00.000Z');
const seconds = Math.floor(now.getTime() / 1_000);
const pair = generateKeyPairSync('ed25519');
const key = { id: 'key-1', privateKey: pair.privateKey };
const what = {
  tokenId: randomUUID(),
  accountId: randomUUID(),
  instanceId: randomUUID(),
  origin: 'https://chat.example.com',
  scopes: ['instances:read'],
};
const header = { alg: 'EdDSA', typ: 'wph-inst+jwt', kid: 'key-1' };
const claims = {
  iss: issuer,
  aud: 'whatpro:embed:v1',
  sub: what.tokenId,
  acc: what.accountId,
  ins: what.instanceId,
  org: what.origin,
  scp: what.scopes,
  jti: what.tokenId,
  iat: seconds,
  nbf: seconds,
  exp: seconds + 300,
};

const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const made = (head: unknown, body: unknown, privateKey: KeyObject = pair.privateKey): string => {
  const signed = `${part(head)}.${part(body)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
};
const options = { issuer, now, findKey: async (id: string) => (id === 'key-1' ? pair.publicKey : undefined) };
const believed = (token: string, at: Date = now) => verifyInstanceToken(token, { ...options, now: at });

describe('instance tokens', () => {
  it('carry exactly the agreed header and claims', async () => {
    const { token, expiresAt } = await signInstanceToken(key, what, { seconds: 300, issuer, now });
    const [head, body] = token
      .split('.')
      .slice(0, 2)
      .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()));
    expect(head).toEqual(header);
    expect(body).toEqual(claims);
    expect(expiresAt.getTime() - now.getTime()).toBe(300_000);
    expect(await believed(token)).toEqual(what);
  });

  it('and access tokens are never taken for each other (IAM-02)', async () => {
    const { token: access } = await signAccessToken(key, { userId: randomUUID(), sessionId: randomUUID() }, { issuer, now });
    const { token: instance } = await signInstanceToken(key, what, { seconds: 300, issuer, now });
    expect([await believed(access), await verifyAccessToken(instance, options)]).toEqual([null, null]);
    const disguised = [made({ ...header, typ: 'at+jwt' }, claims), made(header, { ...claims, aud: 'whatpro-hub' })];
    for (const token of disguised) expect([await believed(token), await verifyAccessToken(token, options)]).toEqual([null, null]);
  });
});

describe('forged instance tokens (IAM-02)', () => {
  const other = generateKeyPairSync('ed25519');
  const hs256 = (): string => {
    const signed = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`;
    const publicBytes = pair.publicKey.export({ type: 'spki', format: 'der' });
    return `${signed}.${createHmac('sha256', publicBytes).update(signed).digest('base64url')}`;
  };
  const good = made(header, claims);
  const corpus: Record<string, string> = {
    'alg none': `${part({ ...header, alg: 'none' })}.${part(claims)}.`,
    'alg None': `${part({ ...header, alg: 'None' })}.${part(claims)}.`,
    'HS256 signed with the bytes of the public key': hs256(),
    'signed by another key': made(header, claims, other.privateKey),
    'unknown key id': made({ ...header, kid: 'key-2' }, claims),
    'path in the key id': made({ ...header, kid: '../../etc/passwd' }, claims),
    'SQL in the key id': made({ ...header, kid: "key-1' OR '1'='1" }, claims),
    'no key id': made({ alg: 'EdDSA', typ: header.typ }, claims),
    'key in the header': made({ ...header, jwk: other.publicKey.export({ format: 'jwk' }) }, claims, other.privateKey),
    'address of keys in the header': made({ ...header, jku: 'https://evil.example/jwks.json' }, claims),
    'critical extension': made({ ...header, crit: ['b64'], b64: true }, claims),
    'typ JWT': made({ ...header, typ: 'JWT' }, claims),
    'no typ': made({ alg: 'EdDSA', kid: 'key-1' }, claims),
    'other issuer': made(header, { ...claims, iss: `${issuer}.evil` }),
    'audience list': made(header, { ...claims, aud: ['whatpro:embed:v1', 'whatpro-hub'] }),
    'expired by six seconds': made(header, { ...claims, iat: seconds - 200, nbf: seconds - 200, exp: seconds - 6 }),
    'not valid for six more seconds': made(header, { ...claims, nbf: seconds + 6 }),
    'issued in the future': made(header, { ...claims, iat: seconds + 60 }),
    'issued long ago': made(header, { ...claims, iat: seconds - 4_000, nbf: seconds - 4_000 }),
    'living longer than 15 minutes': made(header, { ...claims, exp: seconds + 906 }),
    'expiry as text': made(header, { ...claims, exp: String(seconds + 300) }),
    'account that is no id': made(header, { ...claims, acc: 'all' }),
    'instance that is no id': made(header, { ...claims, ins: '*' }),
    'scopes as text': made(header, { ...claims, scp: 'instances:read' }),
    'subject of another token': made(header, { ...claims, sub: randomUUID() }),
    'a member twice': made(header, JSON.stringify(claims).replace('{', `{"acc":"${randomUUID()}",`)),
    'a header member twice': made('{"alg":"EdDSA","typ":"wph-inst+jwt","kid":"key-2","kid":"key-1"}', claims),
    'a payload that is a list': made(header, '[]'),
    'a cut signature': good.slice(0, -2),
    'no signature': good.slice(0, good.lastIndexOf('.') + 1),
    'four parts': `${good}.AA`,
    '9 KB': made(header, { ...claims, filler: 'x'.repeat(9_000) }),
    empty: '',
  };
  for (const name of Object.keys(claims))
    corpus[`without ${name}`] = made(header, Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name)));

  it('has a control: the token that the others are variations of is believed', async () => expect(await believed(good)).toEqual(what));

  it.each(Object.entries(corpus))('refuses: %s', async (_name, token) => expect(await believed(token)).toBeNull());

  it('refuses an encrypted token', async () => {
    const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(Buffer.alloc(32, 7));
    expect(await believed(jwe)).toBeNull();
  });
});
