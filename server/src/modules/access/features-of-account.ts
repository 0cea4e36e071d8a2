import type { Feature } from '@whatpro/sdk/contract';
import { readFeatures } from '#modules/settings';
import type { AccessContext } from './access-context.ts';

/** The features of an account, a few seconds old at most. */
export async function featuresOf(
  { database, features }: Pick<AccessContext, 'database' | 'features'>,
  accountId: string,
): Promise<readonly Feature[]> {
  return (await features.get(accountId, () => database.withAccount(accountId, readFeatures))) ?? [];
}
