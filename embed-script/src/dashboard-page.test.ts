import { expect, test } from 'vitest';
import { isDashboardPage } from './dashboard-page.ts';

test.each(['/app/accounts/1/dashboard', '/app/accounts/42/conversations/7', '/app/accounts/1', '/app/accounts/1/settings/agents/list'])(
  'the script works on %s',
  (pathname) => {
    expect(isDashboardPage(pathname)).toBe(true);
  },
);

test.each([
  '/app/login',
  '/app/auth/signup',
  '/app/auth/password/edit',
  '/app/auth/reset/password',
  '/app/no-accounts',
  '/app/accounts',
  '/app/accounts/x/dashboard',
  '/super_admin/sign_in',
  '/widget',
  '/',
  '/elsewhere/app/accounts/1/dashboard',
])('the script does nothing on %s', (pathname) => {
  expect(isDashboardPage(pathname)).toBe(false);
});
