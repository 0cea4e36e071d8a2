import type { Grant, KeyActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { featuresOf } from './features-of-account.ts';
import { visitOf } from './grant-of-person.ts';
import { narrowPermissions } from './narrow-permissions.ts';

/** What a key may do now: its scopes within the rights its maker has at this moment (AK-06). */
export async function authoriseKey(
  context: AccessContext,
  actor: KeyActor,
  accountId: string,
  rightsOf: (userId: string, accountId: string) => Promise<Grant | null>,
): Promise<Grant | null> {
  if (actor.accountId !== accountId || !(await context.apiKeys.isLive(actor))) return null;
  const [maker, features] = await Promise.all([rightsOf(actor.createdBy, accountId), featuresOf(context, accountId)]);
  if (maker === null) return null;
  const isOn = features.some(({ name, enabled }) => name === 'api-keys' && enabled);
  const permissions = isOn
    ? narrowPermissions({ scopes: actor.scopes, makers: maker.permissions, features, instanceBound: false })
    : new Set<never>();
  return { role: null, permissions, reach: maker.reach, ...visitOf(maker) };
}
