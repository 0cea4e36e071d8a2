import { type Permission, PERMISSIONS, type Role } from '@whatpro/sdk/contract';

const READ = PERMISSIONS.filter((permission) => permission.endsWith(':read'));
const EVERYDAY: readonly Permission[] = ['account:read', 'members:read', 'instances:read', 'inboxes:read', 'messages:read'];

/** Deny by default: a permission that a role does not list, it does not have. */
const TABLE: Readonly<Record<Role, readonly Permission[]>> = {
  operator: PERMISSIONS,
  admin: PERMISSIONS,
  supervisor: [...READ, 'dead-letters:write'],
  agent: [...EVERYDAY, 'dead-letters:read'],
  viewer: EVERYDAY,
};

const SETS = new Map(Object.entries(TABLE).map(([role, permissions]) => [role, new Set(permissions)]));

export const permissionsOfRole = (role: Role): ReadonlySet<Permission> => SETS.get(role) ?? new Set();

/** What is left in a suspended account: looking. */
export const readOnly = (permissions: ReadonlySet<Permission>): ReadonlySet<Permission> =>
  new Set([...permissions].filter((permission) => permission.endsWith(':read')));
