import { expect, test } from 'vitest';
import { enrol } from './enrol.ts';

test('a dashboard page is enrolled once, however often the script runs', () => {
  const page = { location: { pathname: '/app/accounts/1/dashboard' } };
  expect([enrol(page), enrol(page)]).toEqual([true, false]);
});

test('a sign-in page is left exactly as it was', () => {
  const page = { location: { pathname: '/app/login' } };
  expect(enrol(page)).toBe(false);
  expect(Reflect.ownKeys(page)).toEqual(['location']);
});
