import { credentialErrors, type IssuedInstanceToken, type IssueInstanceToken, type Permission } from '@whatpro/sdk/contract';
import { narrowPermissions, signInstanceToken } from '#modules/access';
import { recordAudit } from '#modules/audit';
import { readFeatures, requireFeature } from '#modules/settings';
import { newId } from '#platform/ids';
import { AppError, reaches } from '#platform/trpc';
import { type CredentialsContext, requirePerson } from './credentials-context.ts';
import { toInstanceToken } from './instance-token.repository.ts';

const BY_DEFAULT: readonly Permission[] = ['instances:read', 'inboxes:read', 'messages:read'];
const DAY_MS = 86_400_000;

/** A token for an embedded page. What is asked for beyond the issuer's rights or the account's features is left out. */
export async function issueInstanceToken(context: CredentialsContext, input: IssueInstanceToken): Promise<IssuedInstanceToken> {
  const userId = requirePerson(context);
  const { access, account } = context;
  const { instanceId = null, origin = null, scopes: asked = BY_DEFAULT, ttlSeconds } = input;
  const now = access.clock.now();
  const tokenId = newId();
  const key = await access.signingKeys.current();
  return context.database.run(async (database) => {
    await requireFeature(database, 'instance-tokens');
    if (instanceId !== null) {
      const found = reaches(context.reach.instances, instanceId) && (await database.instance.findFirst({ where: { id: instanceId } }));
      if (!found) throw new AppError(credentialErrors['instance-not-found']);
    }
    const features = await readFeatures(database);
    const effective = narrowPermissions({
      scopes: new Set(asked),
      makers: context.permissions,
      features,
      instanceBound: instanceId !== null,
    });
    const scopes = [...effective];
    if (scopes.length === 0) throw new AppError(credentialErrors['beyond-your-rights']);
    const claims = { tokenId, accountId: account.id, instanceId, origin, scopes };
    const { token, expiresAt } = await signInstanceToken(key, claims, { seconds: ttlSeconds, issuer: access.issuer, now });
    const row = await database.instanceToken.create({
      data: { id: tokenId, accountId: account.id, instanceId, issuedTo: `user:${userId}`, origin, scopes, expiresAt, createdAt: now },
    });
    // Tokens live minutes: what ended a day ago is of use to nobody, and its audit entry stays.
    await database.instanceToken.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - DAY_MS) } } });
    await recordAudit(database, context, {
      action: 'instance-token.issued',
      subjectType: 'instance-token',
      subjectId: tokenId,
      after: toInstanceToken(row, now),
    });
    return { id: tokenId, token, expiresAt: expiresAt.toISOString(), scopes };
  });
}
