import { PERMISSIONS } from '@whatpro/sdk/contract';
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
