export const ROLES = ['operator', 'admin', 'supervisor', 'agent', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What a membership may say. `operator` is a property of a person. */
export const MEMBER_ROLES = ['admin', 'supervisor', 'agent', 'viewer'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** `<what>:<do>`. Declared on a procedure; a role maps to a set of them. */
export const PERMISSIONS = [
  'account:read',
  'account:write',
  'members:read',
  'members:write',
  'provider-servers:read',
  'provider-servers:write',
  'instances:read',
  'instances:write',
  'chatwoot:read',
  'chatwoot:write',
  'inboxes:read',
  'inboxes:write',
  'messages:read',
  'dead-letters:read',
  'dead-letters:write',
  'audit:read',
  'api-keys:read',
  'api-keys:write',
  'instance-tokens:read',
  'instance-tokens:write',
  'teams:read',
  'teams:write',
  'settings:read',
  'settings:write',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
