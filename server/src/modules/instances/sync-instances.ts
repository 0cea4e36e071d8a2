import { newId } from '#platform/ids';
import { recordAudit } from '#modules/audit';
import { newEndpoint, storeEndpoint } from '#modules/endpoints';
import { requireRoom } from '#modules/settings';
import { requireWholeAccount } from '#platform/trpc';
import type { RemoteInstance } from '#provider-kit';
import { openServer } from './open-peers.ts';
import { instanceTokenAt, refusal } from './tools.ts';
import type { InstancesContext } from './tools.ts';

export interface SyncResult {
  readonly adopted: number;
  readonly updated: number;
  readonly removed: number;
}

/**
 * Makes our list of a server's instances agree with the gateway: states are refreshed, what is gone there is marked so,
 * and, when asked to, what only the gateway knows is adopted and told our address.
 */
export async function syncInstances(
  context: InstancesContext,
  input: { readonly providerServerId: string; readonly adopt: boolean },
): Promise<SyncResult> {
  requireWholeAccount(context.reach);
  const { row: serverRow, server } = await openServer(context, input.providerServerId);
  const listed = await server.listInstances();
  if (!listed.ok) throw refusal(listed.failure);
  const remote = new Map(listed.value.map((instance) => [instance.externalId, instance]));
  const known = await context.database.run((database) =>
    database.instance.findMany({ where: { providerServerId: serverRow.id }, select: { id: true, externalId: true, state: true } }),
  );

  let updated = 0;
  let removed = 0;
  await context.database.run(async (database) => {
    for (const instance of known) {
      const report = remote.get(instance.externalId)?.report ?? ({ state: 'removed', action: 'contact-support' } as const);
      if (report.state === instance.state) continue;
      if (report.state === 'removed') removed += 1;
      else updated += 1;
      const phone = 'phone' in report && report.phone ? { phone: report.phone } : {};
      await database.instance.updateMany({
        where: { id: instance.id },
        data: { state: report.state, action: report.action, stateAt: new Date(), ...phone },
      });
    }
  });

  const ours = new Set(known.map((instance) => instance.externalId));
  let adopted = 0;
  try {
    if (input.adopt)
      for (const instance of remote.values())
        if (!ours.has(instance.externalId) && (await adopt(context, serverRow, instance))) adopted += 1;
  } finally {
    context.tools.changed(
      context.account.id,
      known.map((instance) => instance.id),
    );
  }
  return { adopted, updated, removed };
}

/** Throws `limits/instances` when there is no room for it; what was adopted before stays. */
async function adopt(
  context: InstancesContext,
  server: { id: string; provider: string; baseUrl: string },
  remote: RemoteInstance,
): Promise<boolean> {
  const provider = context.tools.providers.get(server.provider);
  if (!provider || !remote.token) return false;
  const token = remote.token;
  await context.database.run((database) => requireRoom(database, 'instances'));
  const endpoint = newEndpoint(context.tools.publicUrl, server.provider);
  const told = await provider
    .openSession(context.tools.peers, { baseUrl: server.baseUrl }, { externalId: remote.externalId, token })
    .setWebhook({ url: endpoint.url });
  if (!told.ok) return false;
  const id = newId();
  await context.database.run(async (database) => {
    await requireRoom(database, 'instances');
    const { state, action, reason, phone, profileName } = remote.report;
    await database.instance.create({
      data: {
        id,
        accountId: context.account.id,
        providerServerId: server.id,
        name: remote.name.slice(0, 80) || remote.externalId,
        externalId: remote.externalId,
        token: context.tools.keys.seal(instanceTokenAt(context.account.id, id), token),
        state,
        action,
        reason: reason ?? null,
        phone: phone ?? null,
        profileName: profileName ?? null,
      },
    });
    await storeEndpoint(database, context.tools.keys, context.account.id, endpoint, { instanceId: id });
    await recordAudit(database, context, {
      action: 'instance.adopted',
      subjectType: 'instance',
      subjectId: id,
      after: { externalId: remote.externalId },
    });
  });
  return true;
}
