import { describe, expect, it } from 'vitest';
import { hasDuplicateKeys } from './duplicate-keys.ts';

describe('a JSON text with a member twice (HT-04)', () => {
  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"b":{},"a":2}',
    '{"b":[{"a":1},{"c":1,"c":2}]}',
    '{"a":1,"\\u0061":2}',
    '{ "a" : 1 ,\n"a"\t:2}',
    '{"a":"\\"","a":1}',
    '{"":1,"":2}',
  ])('is known: %s', (text) => {
    JSON.parse(text);
    expect(hasDuplicateKeys(text)).toBe(true);
  });

  it.each([
    '{}',
    '[]',
    '"a"',
    '{"a":1,"b":1}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"b","b":"a"}',
    '{"a":["a","a","a"]}',
    '{"a":"\\"a\\":1,\\"a\\":2"}',
    '{"a":"{\\"b\\":1,\\"b\\":2}","c":":"}',
    '{"a\\\\":1,"a":2}',
    '{"A":1,"a":2}',
  ])('is told from one without: %s', (text) => {
    JSON.parse(text);
    expect(hasDuplicateKeys(text)).toBe(false);
  });

  it('ends for a text that is not JSON', () => {
    for (const text of ['{"a', '}}]]', '{"a\\', '\\"', '{"a":1,"a', '"'.repeat(999)])
      expect([true, false]).toContain(hasDuplicateKeys(text));
  });

  it('takes a quarter of a megabyte of members in a few milliseconds', () => {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 18_000 }, (_, index) => [`key${index}`, index])));
    const start = performance.now();
    expect(hasDuplicateKeys(text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(250);
  });
});
