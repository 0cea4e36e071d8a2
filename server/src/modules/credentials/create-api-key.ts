import type { CreateApiKey, MadeApiKey } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { requireFeature, requireRoom } from '#modules/settings';
import { toApiKey } from './api-key.repository.ts';
import { type CredentialsContext, requirePerson, requireScopes } from './credentials-context.ts';
import { newApiKey } from './new-api-key.ts';

const DAY_MS = 86_400_000;

export async function createApiKey(context: CredentialsContext, input: CreateApiKey): Promise<MadeApiKey> {
  const createdBy = requirePerson(context);
  requireScopes(input.scopes, context.permissions);
  const made = await newApiKey(context);
  const now = context.access.clock.now();
  const { expiresInDays, ...details } = input;
  const expiresAt = new Date(now.getTime() + expiresInDays * DAY_MS);
  return context.database.run(async (database) => {
    await requireFeature(database, 'api-keys');
    await requireRoom(database, 'api-keys');
    const key = toApiKey(await made.store(database, { ...details, createdBy, expiresAt }), now);
    await recordAudit(database, context, { action: 'api-key.created', subjectType: 'api-key', subjectId: key.id, after: key });
    return { ...key, key: made.key.expose() };
  });
}
