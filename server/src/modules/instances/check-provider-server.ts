import type { ProviderServer } from '@whatpro/sdk/contract';
import type { FailureKind } from '#platform/outcome';
import { toServer } from './instance.repository.ts';
import { openServer } from './open-peers.ts';
import type { InstancesContext } from './tools.ts';

const HEALTH: Partial<Record<FailureKind, ProviderServer['health']>> = {
  credentials: 'credentials',
  unavailable: 'unavailable',
  throttled: 'unavailable',
};

/** Asks the server now and keeps what it answered. A server that does not answer is a state, not an error. */
export async function checkProviderServer(context: InstancesContext, input: { readonly id: string }): Promise<ProviderServer> {
  const { server } = await openServer(context, input.id);
  const checked = await server.check();
  const health = checked.ok ? 'ok' : (HEALTH[checked.failure.kind] ?? 'unreachable');
  return context.database.run(async (database) => {
    await database.providerServer.updateMany({
      where: { id: input.id },
      data: { health, checkedAt: new Date(), ...(checked.ok ? { version: checked.value.version } : {}) },
    });
    return toServer(await database.providerServer.findFirstOrThrow({ where: { id: input.id } }));
  });
}
