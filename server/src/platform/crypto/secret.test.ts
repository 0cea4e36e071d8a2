import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

it('SE-05: a secret prints as a mask everywhere', () => {
  const secret = new Secret('wph_value_1234');
  const error = new Error(`with ${String(secret)}`, { cause: secret });
  for (const text of [
    ['', secret].join(''),
    JSON.stringify({ secret, list: [secret] }),
    inspect({ secret }, { depth: 5, showHidden: true }),
    inspect(error),
    String(secret),
  ]) {
    expect(text).toContain('[secret]');
    expect(text).not.toContain('value');
  }
  expect(Object.keys(secret)).toEqual([]);
  expect(secret.expose()).toBe('wph_value_1234');
});

it('the last four are shown of long secrets only', () => {
  expect(new Secret('123456789012').lastFour()).toBe('9012');
  expect(new Secret('12345678901').lastFour()).toBe('');
});
