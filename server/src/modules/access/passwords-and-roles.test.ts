import { type Permission, PERMISSIONS } from '@whatpro/sdk/contract';
import { describe, expect, it } from 'vitest';
import { isGuessable } from './guessable-password.ts';
import { permissionsOfRole, readOnly } from './permissions-of-role.ts';

describe('new passwords', () => {
  it.each([
    'passwordpassword',
    'Password2026!',
    '123456789012',
    'aaaaaaaaaaaa',
    'abcdefghijkl',
    'ana.souza2026',
    'Senha-123456',
    'whatpro2026!!',
  ])('%s is too easy', (password) => {
    expect(isGuessable(password, ['ana.souza@example.com', 'Ana Souza'])).toBe(true);
  });

  it.each(['correct horse battery', 'nUv3m!telhado*rio', '  leading spaces kept', '4821-7730-9956', 'çãéíóú ÇÃÉ ñandú'])(
    '%s is fine',
    (password) => {
      expect(isGuessable(password, ['ana.souza@example.com', 'Ana Souza'])).toBe(false);
    },
  );
});

describe('roles (IAM-21)', () => {
  it('have exactly these permissions', () => {
    const roles = ['operator', 'admin', 'supervisor', 'agent', 'viewer'] as const;
    const marks = (permission: Permission): string => roles.map((role) => (permissionsOfRole(role).has(permission) ? 'x' : '.')).join(' ');
    const table = PERMISSIONS.map((permission) => `${permission.padEnd(23)} ${marks(permission)}`).join('\n');
    expect(`${' '.repeat(24)}o a s g v\n${table}`).toMatchInlineSnapshot(`
      "                        o a s g v
      account:read            x x x x x
      account:write           x x . . .
      members:read            x x x x x
      members:write           x x . . .
      provider-servers:read   x x x . .
      provider-servers:write  x x . . .
      instances:read          x x x x x
      instances:write         x x . . .
      chatwoot:read           x x x . .
      chatwoot:write          x x . . .
      inboxes:read            x x x x x
      inboxes:write           x x . . .
      messages:read           x x x x x
      dead-letters:read       x x x x .
      dead-letters:write      x x x . .
      audit:read              x x x . .
      api-keys:read           x x x . .
      api-keys:write          x x . . .
      instance-tokens:read    x x x . .
      instance-tokens:write   x x . . .
      teams:read              x x x . .
      teams:write             x x . . .
      settings:read           x x x . .
      settings:write          x x . . ."
    `);
  });

  it('give everything to operators and admins, and less at each step down', () => {
    const sizes = (['operator', 'admin', 'supervisor', 'agent', 'viewer'] as const).map((role) => permissionsOfRole(role).size);
    expect(sizes[0]).toBe(PERMISSIONS.length);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it('let agents and viewers change nothing of the set-up, and leave reading alone in a suspended account', () => {
    for (const role of ['agent', 'viewer'] as const) expect(permissionsOfRole(role).has('instances:write')).toBe(false);
    expect([...readOnly(permissionsOfRole('admin'))].every((permission) => permission.endsWith(':read'))).toBe(true);
  });
});
