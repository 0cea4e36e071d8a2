import { recordAudit } from '#modules/audit';
import type { CredentialsContext } from './credentials-context.ts';
import { requirePerson } from './credentials-context.ts';
import { requireInstanceToken } from './instance-token.repository.ts';

/** From now on the token is refused: here at once, in every process within seconds. Revoking twice changes nothing. */
export async function revokeInstanceToken(context: CredentialsContext, id: string): Promise<void> {
  requirePerson(context);
  const now = context.access.clock.now();
  await context.database.run(async (database) => {
    await requireInstanceToken(database, id);
    const { count } = await database.instanceToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now } });
    if (count > 0) await recordAudit(database, context, { action: 'instance-token.revoked', subjectType: 'instance-token', subjectId: id });
  });
  context.access.revocations.tell('token', id);
}
