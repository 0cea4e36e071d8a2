import { expect, test } from 'vitest';
import { storable } from './storable.ts';

test('WH-08: NUL and lone surrogates never reach the database, everything else passes unchanged', () => {
  const clean = { text: 'olá 👍', list: [1, true, null, 'x'], nested: { a: { b: 'c' } } };
  expect(storable(clean)).toEqual(clean);
  expect(storable({ text: 'a\0b', 'k\0ey': ['\ud800 x', '\udc00'] })).toEqual({ text: 'ab', key: ['\ufffd x', '\ufffd'] });
});

test('WH-08: nesting without end is cut, not followed', () => {
  let deep: unknown = 'x';
  for (let n = 0; n < 6_000; n += 1) deep = { deep };
  expect(() => JSON.stringify(storable(deep))).not.toThrow();
});
