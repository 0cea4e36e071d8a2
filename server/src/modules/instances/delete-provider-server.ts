import { recordAudit } from '#modules/audit';
import { AppError } from '#platform/trpc';
import { instanceErrors } from '@whatpro/sdk/contract';
import { requireServer, toServer } from './instance.repository.ts';
import type { InstancesContext } from './tools.ts';

/** Forgets a provider server that has no instances. Nothing happens at the gateway. */
export async function deleteProviderServer(context: InstancesContext, input: { readonly id: string }): Promise<void> {
  await context.database.run(async (database) => {
    const row = await requireServer(database, input.id);
    if ((await database.instance.count({ where: { providerServerId: row.id } })) > 0) throw new AppError(instanceErrors['server-in-use']);
    await database.providerServer.deleteMany({ where: { id: row.id } });
    await recordAudit(database, context, {
      action: 'provider-server.deleted',
      subjectType: 'provider-server',
      subjectId: row.id,
      before: toServer(row),
    });
  });
}
