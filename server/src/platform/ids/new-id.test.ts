import { expect, test } from 'vitest';
import { newId } from './new-id.ts';

test('ids are UUIDv7 and sort by the time they were made', () => {
  const ids = [1_000, 2_000, 1_800_000_000_000].map((ms) => newId(ms));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 10_000 }, () => newId(5))).size).toBe(10_000);
});
