import { AppError, onlyReached, reaches } from '#platform/trpc';
import type { Reach } from '#platform/trpc';
import type { AccountDatabase } from '#platform/database';
import { instanceErrors } from '@whatpro/sdk/contract';
import type { Instance, ProviderServer } from '@whatpro/sdk/contract';

const withServerAndInbox = { server: true, inboxes: { select: { id: true } } } as const;

type InstanceRow = Awaited<ReturnType<typeof requireInstance>>;
type ServerRow = Awaited<ReturnType<typeof requireServer>>;

/** What is out of reach is not there. */
export async function requireInstance(database: AccountDatabase, reach: Reach, id: string) {
  if (!reaches(reach.instances, id)) throw new AppError(instanceErrors['not-found']);
  const row = await database.instance.findFirst({ where: { id }, include: withServerAndInbox });
  if (!row) throw new AppError(instanceErrors['not-found']);
  return row;
}

export async function requireServer(database: AccountDatabase, id: string) {
  const row = await database.providerServer.findFirst({ where: { id } });
  if (!row) throw new AppError(instanceErrors['server-not-found']);
  return row;
}

/** An account has few of both (its limits say how many), so a list is one page. */
export async function listInstances(database: AccountDatabase, { instances }: Reach): Promise<WholePage<Instance>> {
  const where = { id: onlyReached(instances) };
  const rows = await database.instance.findMany({ where, include: withServerAndInbox, orderBy: { id: 'asc' }, take: 1_000 });
  return { items: rows.map(toInstance), nextCursor: null };
}

export async function listServers(database: AccountDatabase): Promise<WholePage<ProviderServer>> {
  const rows = await database.providerServer.findMany({ orderBy: { id: 'asc' }, take: 500 });
  return { items: rows.map(toServer), nextCursor: null };
}

interface WholePage<Item> {
  readonly items: Item[];
  readonly nextCursor: null;
}

export const toInstance = (row: InstanceRow): Instance => ({
  id: row.id,
  providerServerId: row.providerServerId,
  provider: row.server.provider as Instance['provider'],
  name: row.name,
  externalId: row.externalId,
  state: row.state as Instance['state'],
  action: row.action as Instance['action'],
  reason: row.reason,
  phone: row.phone,
  profileName: row.profileName,
  inboxId: row.inboxes[0]?.id ?? null,
  stateAt: row.stateAt,
  createdAt: row.createdAt,
});

export const toServer = (row: ServerRow): ProviderServer => ({
  id: row.id,
  provider: row.provider as ProviderServer['provider'],
  name: row.name,
  baseUrl: row.baseUrl,
  secretHint: row.secretHint,
  health: row.health as ProviderServer['health'],
  version: row.version,
  checkedAt: row.checkedAt,
  createdAt: row.createdAt,
});
