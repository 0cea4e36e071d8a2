import type { Grant, Reach, TokenActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { featuresOf } from './features-of-account.ts';
import { visitOf } from './grant-of-person.ts';
import { narrowPermissions } from './narrow-permissions.ts';

/** What an instance token may do now: what was asked for, within its issuer's rights at this moment and the account's features. */
export async function authoriseToken(
  context: AccessContext,
  actor: TokenActor,
  accountId: string,
  rightsOf: (userId: string, accountId: string) => Promise<Grant | null>,
): Promise<Grant | null> {
  if (actor.accountId !== accountId || !(await context.instanceTokens.isLive(actor))) return null;
  const issuer = /^user:(.+)$/.exec(actor.issuedTo)?.[1];
  if (issuer === undefined) return null;
  const [maker, features] = await Promise.all([rightsOf(issuer, accountId), featuresOf(context, accountId)]);
  const isOn = features.some(({ name, enabled }) => name === 'instance-tokens' && enabled);
  if (maker === null || !isOn) return null;
  const permissions = narrowPermissions({
    scopes: actor.scopes,
    makers: maker.permissions,
    features,
    instanceBound: actor.instanceId !== null,
  });
  return { role: null, permissions, reach: await reachOf(context, actor, maker.reach), ...visitOf(maker) };
}

/** Bound to an instance: that one and its inbox, and only while its issuer reaches it. */
async function reachOf(
  { database, inboxesOfInstance }: AccessContext,
  { accountId, instanceId }: TokenActor,
  makers: Reach,
): Promise<Reach> {
  if (instanceId === null) return makers;
  if (makers.instances !== 'all' && !makers.instances.has(instanceId)) return { inboxes: new Set(), instances: new Set() };
  const linked = await inboxesOfInstance.get(instanceId, () =>
    database.withAccount(accountId, (transaction) => transaction.inbox.findMany({ where: { instanceId }, select: { id: true } })),
  );
  const inboxes = (linked ?? []).flatMap(({ id }) => (makers.inboxes === 'all' || makers.inboxes.has(id) ? [id] : []));
  return { inboxes: new Set(inboxes), instances: new Set([instanceId]) };
}
