import type { AccountDatabase } from '#platform/database';
import type { Provider, ProviderServer, Session } from '#provider-kit';
import { requireInstance, requireServer } from './instance.repository.ts';
import { instanceTokenAt, providerOf, serverSecretAt } from './tools.ts';
import type { InstancesContext } from './tools.ts';

/** The server's admin side, opened with its credential. */
export async function openServer(
  context: InstancesContext,
  serverId: string,
): Promise<{ row: Awaited<ReturnType<typeof requireServer>>; provider: Provider; server: ProviderServer }> {
  const row = await context.database.run((database) => requireServer(database, serverId));
  const provider = providerOf(context.tools, row.provider);
  const adminSecret = context.tools.keys.open(serverSecretAt(context.account.id, row.id), row.adminSecret);
  return { row, provider, server: provider.openServer(context.tools.peers, { baseUrl: row.baseUrl, adminSecret }) };
}

/** One instance, opened with its own token. */
export async function openInstance(
  context: InstancesContext,
  instanceId: string,
): Promise<{ row: Awaited<ReturnType<typeof requireInstance>>; provider: Provider; session: Session }> {
  const row = await context.database.run((database: AccountDatabase) => requireInstance(database, context.reach, instanceId));
  const provider = providerOf(context.tools, row.server.provider);
  const token = context.tools.keys.open(instanceTokenAt(context.account.id, row.id), row.token);
  return {
    row,
    provider,
    session: provider.openSession(context.tools.peers, { baseUrl: row.server.baseUrl }, { externalId: row.externalId, token }),
  };
}
