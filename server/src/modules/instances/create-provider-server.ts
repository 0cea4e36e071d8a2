import { newId } from '#platform/ids';
import { recordAudit } from '#modules/audit';
import { requireRoom } from '#modules/settings';
import { Secret } from '#platform/crypto';
import { AppError } from '#platform/trpc';
import { instanceErrors } from '@whatpro/sdk/contract';
import type { CreateProviderServer, ProviderServer } from '@whatpro/sdk/contract';
import { toServer } from './instance.repository.ts';
import { providerOf, refusal, serverSecretAt } from './tools.ts';
import type { InstancesContext } from './tools.ts';

/** Stores a provider server after it proved that it can be reached and accepts the credential. */
export async function createProviderServer(context: InstancesContext, input: CreateProviderServer): Promise<ProviderServer> {
  const provider = providerOf(context.tools, input.provider);
  const adminSecret = new Secret(input.adminSecret);
  await context.database.run((database) => requireRoom(database, 'provider-servers'));
  const checked = await provider.openServer(context.tools.peers, { baseUrl: input.baseUrl, adminSecret }).check();
  if (!checked.ok) throw refusal(checked.failure);

  const id = newId();
  return context.database.run(async (database) => {
    await requireRoom(database, 'provider-servers');
    if (await database.providerServer.findFirst({ where: { name: input.name }, select: { id: true } }))
      throw new AppError(instanceErrors['name-taken']);
    const row = await database.providerServer.create({
      data: {
        id,
        accountId: context.account.id,
        provider: input.provider,
        name: input.name,
        baseUrl: input.baseUrl,
        adminSecret: context.tools.keys.seal(serverSecretAt(context.account.id, id), adminSecret),
        secretHint: adminSecret.lastFour(),
        health: 'ok',
        version: checked.value.version,
        checkedAt: new Date(),
      },
    });
    const server = toServer(row);
    await recordAudit(database, context, {
      action: 'provider-server.created',
      subjectType: 'provider-server',
      subjectId: id,
      after: server,
    });
    return server;
  });
}
