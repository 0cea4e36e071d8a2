import { describe, expect, test } from 'vitest';
import { dialled, isShortSpelling, otherSpelling } from './brazilian-numbers.ts';

describe('Brazilian numbers', () => {
  test.each([
    ['5511988887777', '551188887777'],
    ['551188887777', '5511988887777'],
    ['5531967654321', '553167654321'],
  ])('a mobile is known by both spellings: %s and %s', (one, other) => {
    expect(otherSpelling(one)).toBe(other);
    expect(otherSpelling(other)).toBe(one);
  });

  test.each(['551133334444', '5511933334444', '14155550123', '351912345678', '5501988887777'])('%s has one spelling only', (digits) => {
    expect(otherSpelling(digits)).toBeNull();
    expect(dialled(digits)).toBe(digits);
  });

  test('people dial the long spelling', () => {
    expect(dialled('551188887777')).toBe('5511988887777');
    expect(dialled('5511988887777')).toBe('5511988887777');
    expect(isShortSpelling('551188887777')).toBe(true);
    expect(isShortSpelling('5511988887777')).toBe(false);
  });
});
