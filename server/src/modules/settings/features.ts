import { FEATURE_NAMES, settingsErrors } from '@whatpro/sdk/contract';
import type { Feature, FeatureName, Permission } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError } from '#platform/trpc';
import { DEFAULT_FEATURES, PERMISSIONS_OF_FEATURE } from './account-defaults.ts';

export async function readFeatures(database: Pick<AccountDatabase, 'accountFeature'>): Promise<Feature[]> {
  const given = new Map((await database.accountFeature.findMany()).map(({ name, enabled }) => [name, enabled]));
  return FEATURE_NAMES.map((name) => ({ name, enabled: given.get(name) ?? DEFAULT_FEATURES[name] }));
}

/** What is left of permissions in an account with these features. */
export function withinFeatures(permissions: ReadonlySet<Permission>, features: readonly Feature[]): ReadonlySet<Permission> {
  const off = new Set(features.flatMap(({ name, enabled }) => (enabled ? [] : (PERMISSIONS_OF_FEATURE[name] ?? []))));
  return off.size === 0 ? permissions : new Set([...permissions].filter((permission) => !off.has(permission)));
}

/** Throws `settings/feature-off` (403). */
export async function requireFeature(database: Pick<AccountDatabase, 'accountFeature'>, name: FeatureName): Promise<void> {
  const feature = (await readFeatures(database)).find((candidate) => candidate.name === name);
  if (feature?.enabled !== true) throw new AppError(settingsErrors['feature-off'], { details: { name } });
}
