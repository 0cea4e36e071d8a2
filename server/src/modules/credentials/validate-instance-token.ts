import type { ValidatedInstanceToken } from '@whatpro/sdk/contract';
import type { AccessContext } from '#modules/access';
import type { Authorise, Principal } from '#platform/trpc';

const INACTIVE: ValidatedInstanceToken = { active: false };

/**
 * Whether a token would be taken now, and for what. Whatever is wrong with it, and also when it is of an account whose tokens the
 * caller may not see, the answer is the same (SECURITY.md IT-07).
 */
export async function validateInstanceToken(
  { instanceTokens }: Pick<AccessContext, 'instanceTokens'>,
  authorise: Authorise,
  caller: Principal,
  token: string,
): Promise<ValidatedInstanceToken> {
  const live = await instanceTokens.read(token);
  if (live === null) return INACTIVE;
  const { tokenId, accountId, instanceId, origin } = live.actor;
  const rights = await authorise(caller, accountId);
  const grant = await authorise(live.actor, accountId);
  if (rights === null || !rights.permissions.has('instance-tokens:read') || grant === null) return INACTIVE;
  const scopes = [...grant.permissions];
  return { active: true, id: tokenId, accountId, instanceId, origin, scopes, expiresAt: live.expiresAt.toISOString() };
}
