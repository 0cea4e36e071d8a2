import { credentialErrors, type MadeApiKey, type RotateApiKey } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { requireFeature, requireRoom } from '#modules/settings';
import { AppError } from '#platform/trpc';
import { isPermission, requireApiKey, toApiKey } from './api-key.repository.ts';
import { type CredentialsContext, requirePerson, requireScopes } from './credentials-context.ts';
import { newApiKey } from './new-api-key.ts';

const HOUR_MS = 3_600_000;

/** A new key with the name, scopes and length of life of the old one, which stays good for the overlap and no longer. */
export async function rotateApiKey(context: CredentialsContext, { id, overlapHours }: RotateApiKey): Promise<MadeApiKey> {
  const createdBy = requirePerson(context);
  const made = await newApiKey(context);
  const now = context.access.clock.now();
  const { publicId, result } = await context.database.run(async (database) => {
    await requireFeature(database, 'api-keys');
    const old = await requireApiKey(database, id);
    const scopes = old.scopes.filter(isPermission);
    requireScopes(scopes, context.permissions);
    const end = new Date(Math.min(now.getTime() + overlapHours * HOUR_MS, old.expiresAt.getTime()));
    // All in the condition: of two rotations at once, one is refused.
    const { count } = await database.apiKey.updateMany({
      where: { id, revokedAt: null, rotatedTo: null, expiresAt: { gt: now } },
      data: { rotatedTo: made.id, expiresAt: end },
    });
    if (count === 0) throw new AppError(credentialErrors['key-not-active']);
    await requireRoom(database, 'api-keys');
    const expiresAt = new Date(now.getTime() + old.expiresAt.getTime() - old.createdAt.getTime());
    const stored = await made.store(database, { name: old.name, scopes, perMinute: old.perMinute, createdBy, expiresAt });
    const key = toApiKey(stored, now);
    await recordAudit(database, context, {
      action: 'api-key.rotated',
      subjectType: 'api-key',
      subjectId: id,
      before: toApiKey(old, now),
      after: { replacedBy: key.id, oldExpiresAt: end, hint: key.hint },
    });
    return { publicId: old.publicId, result: { ...key, key: made.key.expose() } };
  });
  context.access.revocations.tell('key', publicId);
  return result;
}
