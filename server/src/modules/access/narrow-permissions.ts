import type { Feature, Permission } from '@whatpro/sdk/contract';
import { withinFeatures } from '#modules/settings';

/** What no key and no token may do, whatever its maker may: make or change credentials, people and settings (SECURITY.md AK-08). */
const PEOPLE_ONLY: readonly Permission[] = [
  'account:write',
  'members:write',
  'teams:write',
  'settings:write',
  'api-keys:write',
  'instance-tokens:write',
];
const peopleOnly: ReadonlySet<Permission> = new Set(PEOPLE_ONLY);

/** What concerns one instance and its inbox; everything else is the account's and not for a token bound to an instance. */
const OF_INSTANCE: ReadonlySet<Permission> = new Set<Permission>([
  'instances:read',
  'instances:write',
  'inboxes:read',
  'messages:read',
  'dead-letters:read',
  'dead-letters:write',
]);

export interface Narrowing {
  readonly scopes: ReadonlySet<Permission>;
  /** Of whoever made the key or the token, now. */
  readonly makers: ReadonlySet<Permission>;
  readonly features: readonly Feature[];
  readonly instanceBound: boolean;
}

/** What is left for a key or a token: in its scopes, and its maker's right, and of a feature that is on. */
export function narrowPermissions({ scopes, makers, features, instanceBound }: Narrowing): ReadonlySet<Permission> {
  const both = [...scopes].filter(
    (permission) => makers.has(permission) && !peopleOnly.has(permission) && (!instanceBound || OF_INSTANCE.has(permission)),
  );
  return withinFeatures(new Set(both), features);
}
