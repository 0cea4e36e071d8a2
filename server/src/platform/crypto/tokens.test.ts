import { expect, it } from 'vitest';
import { hashToken, randomToken, sameSecret } from './tokens.ts';

it('random tokens carry 256 bits and fit in a path', () => {
  const tokens = Array.from({ length: 1_000 }, randomToken);
  expect(new Set(tokens).size).toBe(1_000);
  expect(tokens.every((token) => /^[\w-]{43}$/.test(token))).toBe(true);
});

it('a token hashes to the 32 bytes of SHA-256', () => {
  expect(hashToken('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('IAM-19: compares strings and bytes of any two lengths', () => {
  for (let a = 0; a <= 64; a += 1) {
    for (let b = 0; b <= 64; b += 1) expect(sameSecret('x'.repeat(a), Buffer.from('x'.repeat(b)))).toBe(a === b);
  }
  expect(sameSecret('abc', 'abd')).toBe(false);
});
