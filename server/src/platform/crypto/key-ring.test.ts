import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CannotOpen, createKeyRing, type Place } from './key-ring.ts';
import { Secret } from './secret.ts';

const kek = (id: string) => ({ id, key: randomBytes(32) });
const first = kek('k1');
const ring = createKeyRing({ current: first });
const place: Place = { accountId: 'a1', table: 'inbox', column: 'token', rowId: '7' };
const seal = (text: string) => ring.seal(place, new Secret(text));

describe('SE-02: sealed values', () => {
  it.each(['', 'x', 'olá ✓', 'y'.repeat(10_000)])('open again to what was sealed (case %#)', (text) => {
    expect(ring.open(place, seal(text)).expose()).toBe(text);
  });

  it('have the documented form', () => {
    expect(seal('x')).toMatch(/^v1\.k1\.hkdf1\.[\w-]{16}\.[\w-]{2}\.[\w-]{22}$/);
  });

  it.each([{ accountId: 'a2' }, { table: 'other' }, { column: 'other' }, { rowId: '8' }])('do not open when moved to %j', (moved) => {
    expect(() => ring.open({ ...place, ...moved }, seal('x'))).toThrow(CannotOpen);
  });

  it('do not open when any character is changed, cut or added, and always say the same', () => {
    const sealed = seal('some token');
    const messages = new Set<string>();
    const attempt = (text: string): void => {
      try {
        ring.open(place, text);
        messages.add(`opened ${text}`);
      } catch (error) {
        messages.add(String(error));
      }
    };
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = sealed[at] === 'A' ? 'B' : 'A';
      attempt(sealed.slice(0, at) + flipped + sealed.slice(at + 1));
      attempt(sealed.slice(0, at));
      attempt(`${sealed.slice(0, at)}=${sealed.slice(at)}`);
    }
    for (const text of ['', 'v1', 'v1.....', `${sealed}.`, `${sealed}=`, ` ${sealed}`]) attempt(text);
    expect([...messages]).toEqual(['CannotOpen: the sealed value cannot be opened']);
  });

  it('have a new IV and another ciphertext each time', () => {
    const sealed = new Set(Array.from({ length: 20_000 }, () => seal('same').split('.')[3]));
    expect(sealed.size).toBe(20_000);
  });

  it('do not open with another key under the same id', () => {
    expect(() => createKeyRing({ current: kek('k1') }).open(place, seal('x'))).toThrow(CannotOpen);
  });

  it('refuse places that could be read two ways', () => {
    expect(() => ring.seal({ ...place, rowId: '7|8' }, new Secret('x'))).toThrow(TypeError);
    expect(() => ring.seal({ ...place, table: '' }, new Secret('x'))).toThrow(TypeError);
  });
});

describe('SE-04: rotation', () => {
  it('opens what older keys sealed, seals with the new one and tells which is which', () => {
    const old = seal('x');
    const rotated = createKeyRing({ current: kek('k2'), previous: [first] });
    expect(rotated.open(place, old).expose()).toBe('x');
    expect(rotated.isCurrent(old)).toBe(false);
    const again = rotated.seal(place, rotated.open(place, old));
    expect(again).toMatch(/^v1\.k2\./);
    expect(rotated.isCurrent(again)).toBe(true);
    expect(() => ring.open(place, again)).toThrow(CannotOpen);
  });

  it('keeps opening for more accounts than it remembers keys of', () => {
    const many = Array.from({ length: 1_200 }, (_, at) => ({ ...place, accountId: `a${at}` }));
    const sealed = many.map((where) => ring.seal(where, new Secret(where.accountId)));
    expect(many.every((where, at) => ring.open(where, sealed[at] ?? '').expose() === where.accountId)).toBe(true);
  });
});

it('keys for other purposes differ from each other and stay the same for one key', () => {
  expect(ring.keyFor('pepper')).toEqual(createKeyRing({ current: kek('k9'), previous: [first] }).keyFor('pepper', 'k1'));
  expect(ring.keyFor('pepper').key.equals(ring.keyFor('index').key)).toBe(false);
  expect(() => ring.keyFor('pepper', 'k5')).toThrow(TypeError);
});

it('refuses rings that cannot be right', () => {
  expect(() => createKeyRing({ current: { id: 'k1', key: randomBytes(16) } })).toThrow(TypeError);
  expect(() => createKeyRing({ current: kek('K.1') })).toThrow(TypeError);
  expect(() => createKeyRing({ current: kek('k1'), previous: [kek('k1')] })).toThrow(TypeError);
});
