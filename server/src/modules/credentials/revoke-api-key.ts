import { recordAudit } from '#modules/audit';
import { requireApiKey, toApiKey } from './api-key.repository.ts';
import { type CredentialsContext, requirePerson } from './credentials-context.ts';

/** From now on the key is refused: here at once, in every process within seconds. Revoking twice changes nothing. */
export async function revokeApiKey(context: CredentialsContext, id: string): Promise<void> {
  requirePerson(context);
  const now = context.access.clock.now();
  const publicId = await context.database.run(async (database) => {
    const key = await requireApiKey(database, id);
    const { count } = await database.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } });
    if (count > 0)
      await recordAudit(database, context, {
        action: 'api-key.revoked',
        subjectType: 'api-key',
        subjectId: id,
        before: toApiKey(key, now),
      });
    return key.publicId;
  });
  context.access.revocations.tell('key', publicId);
}
