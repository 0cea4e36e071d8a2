import type { FeatureName, LimitName, Permission } from '@whatpro/sdk/contract';

/** What an account has until its operator, or later its plan, says otherwise. */
export const DEFAULT_LIMITS: Readonly<Record<LimitName, number>> = {
  members: 100,
  teams: 50,
  'provider-servers': 20,
  instances: 200,
  inboxes: 200,
  'api-keys': 50,
  origins: 20,
};

export const DEFAULT_FEATURES: Readonly<Record<FeatureName, boolean>> = {
  'api-keys': true,
  'instance-tokens': true,
  teams: true,
  'dead-letter-replay': true,
  'audit-export': true,
};

/** What nobody may do in an account whose feature is off, whatever their role or scope. Reading stays. */
export const PERMISSIONS_OF_FEATURE: Readonly<Partial<Record<FeatureName, readonly Permission[]>>> = {
  'api-keys': ['api-keys:write'],
  'instance-tokens': ['instance-tokens:write'],
  teams: ['teams:write'],
  'dead-letter-replay': ['dead-letters:write'],
};
