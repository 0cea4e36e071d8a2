import { newId } from '#platform/ids';
import { recordAudit } from '#modules/audit';
import { newEndpoint, storeEndpoint } from '#modules/endpoints';
import { requireRoom } from '#modules/settings';
import { AppError, requireWholeAccount, wholeAccount } from '#platform/trpc';
import { instanceErrors } from '@whatpro/sdk/contract';
import type { CreateInstance, Instance } from '@whatpro/sdk/contract';
import { requireInstance, toInstance } from './instance.repository.ts';
import { openServer } from './open-peers.ts';
import { instanceTokenAt, refusal } from './tools.ts';
import type { InstancesContext } from './tools.ts';

/** Makes an instance at its gateway, tells it our secret address, and stores it. What cannot be stored is removed there again. */
export async function createInstance(context: InstancesContext, input: CreateInstance): Promise<Instance> {
  requireWholeAccount(context.reach);
  const accountId = context.account.id;
  const { row: serverRow, provider, server } = await openServer(context, input.providerServerId);
  const taken = await context.database.run(async (database) => {
    await requireRoom(database, 'instances');
    return database.instance.findFirst({ where: { providerServerId: serverRow.id, name: input.name }, select: { id: true } });
  });
  if (taken) throw new AppError(instanceErrors['name-taken']);

  const endpoint = newEndpoint(context.tools.publicUrl, provider.id);
  const made = await server.createInstance({ name: input.name, webhook: { url: endpoint.url } });
  if (!made.ok) throw refusal(made.failure);

  const id = newId();
  try {
    const instance = await context.database.run(async (database) => {
      await requireRoom(database, 'instances');
      await database.instance.create({
        data: {
          id,
          accountId,
          providerServerId: serverRow.id,
          name: input.name,
          externalId: made.value.externalId,
          token: context.tools.keys.seal(instanceTokenAt(accountId, id), made.value.token),
        },
      });
      await storeEndpoint(database, context.tools.keys, accountId, endpoint, { instanceId: id });
      const stored = toInstance(await requireInstance(database, wholeAccount, id));
      await recordAudit(database, context, { action: 'instance.created', subjectType: 'instance', subjectId: id, after: stored });
      return stored;
    });
    context.tools.changed(accountId, [id]);
    return instance;
  } catch (error) {
    await provider.openSession(context.tools.peers, { baseUrl: serverRow.baseUrl }, made.value).remove();
    throw error;
  }
}
