import { createAccount } from '#modules/accounts';
import { recordAudit } from '#modules/audit';
import { linkChatwoot, linkInbox } from '#modules/inboxes';
import { connectInstance, createInstance, createProviderServer } from '#modules/instances';
import type { Database } from '#platform/database';
import { contextsOf, sandboxCaller, tellNewAddresses } from './sandbox-context.ts';
import type { SandboxTools } from './sandbox-context.ts';

export interface SandboxPeers {
  /** Where the Hub itself reaches them. */
  readonly gatewayUrl: string;
  readonly gatewayKey: string;
  readonly chatwootUrl: string;
  readonly chatwootToken: string;
  readonly chatwootAccountId: number;
  /** Scans the QR for the visitor, so that the number is connected at once. */
  readonly scan: (gatewayInstanceId: string) => Promise<void>;
}

export interface SandboxAccount {
  readonly accountId: string;
  readonly instanceId: string;
  readonly gatewayInstanceId: string;
  readonly inboxId: string;
  readonly chatwootInboxId: number;
}

const SERVER_NAME = 'Sandbox gateway';
const INSTANCE_NAME = 'sandbox';
const INBOX_NAME = 'WhatsApp (sandbox)';

/**
 * An account to try the Hub with: a provider server, a connected number and a linked inbox, made by the same verbs that
 * people use, over HTTP. What is there already is kept; addresses that changed with the port are set right.
 */
export async function ensureSandboxAccount(
  tools: SandboxTools,
  peers: SandboxPeers,
  knownAccountId: string | null,
): Promise<SandboxAccount> {
  const { database } = tools;
  const accountId = (await existing(database, knownAccountId)) ?? (await createAccount(database, sandboxCaller, { name: 'Sandbox' })).id;
  await addOperators(database, accountId);
  const { instances, inboxes } = contextsOf(tools, accountId);

  const found = await database.withAccount(accountId, async (open) => {
    const moved = await open.providerServer.updateMany({
      where: { name: SERVER_NAME, baseUrl: { not: peers.gatewayUrl } },
      data: { baseUrl: peers.gatewayUrl },
    });
    await open.chatwootLink.updateMany({ where: { chatwootAccountId: peers.chatwootAccountId }, data: { baseUrl: peers.chatwootUrl } });
    const server = await open.providerServer.findFirst({ where: { name: SERVER_NAME } });
    const instance = await open.instance.findFirst({ where: { name: INSTANCE_NAME }, include: { inboxes: true } });
    return { moved: moved.count > 0, server, instance, link: await open.chatwootLink.findFirst(), inbox: instance?.inboxes[0] ?? null };
  });

  if (found.moved && found.instance) await tellNewAddresses({ instances, inboxes }, found.instance);
  const server =
    found.server ??
    (await createProviderServer(instances, {
      provider: 'sandbox',
      name: SERVER_NAME,
      baseUrl: peers.gatewayUrl,
      adminSecret: peers.gatewayKey,
    }));
  const instance = found.instance ?? (await createInstance(instances, { providerServerId: server.id, name: INSTANCE_NAME }));
  if (instance.state !== 'connected') {
    await connectInstance(instances, { id: instance.id });
    await peers.scan(instance.externalId);
  }
  const link =
    found.link ??
    (await linkChatwoot(inboxes, { baseUrl: peers.chatwootUrl, chatwootAccountId: peers.chatwootAccountId, token: peers.chatwootToken }));
  const inbox = found.inbox ?? (await linkInbox(inboxes, { instanceId: instance.id, chatwootLinkId: link.id, inboxName: INBOX_NAME }));
  return {
    accountId,
    instanceId: instance.id,
    gatewayInstanceId: instance.externalId,
    inboxId: inbox.id,
    chatwootInboxId: inbox.chatwootInboxId,
  };
}

/** Whoever runs the Hub may try it out: every operator is an admin here, also in a sandbox made before there were members. */
async function addOperators(database: Database, accountId: string): Promise<void> {
  await database.withAccount(accountId, async (open) => {
    const operators = await open.hubUser.findMany({ where: { operator: true, disabledAt: null }, select: { id: true } });
    const added = await open.member.createManyAndReturn({
      data: operators.map(({ id }) => ({ userId: id, role: 'admin' })),
      skipDuplicates: true,
      select: { id: true, userId: true, role: true },
    });
    for (const { id, ...after } of added)
      await recordAudit(open, sandboxCaller, { action: 'member.added', subjectType: 'member', subjectId: id, after });
  });
}

async function existing(database: Database, accountId: string | null): Promise<string | null> {
  if (!accountId) return null;
  return database.withAccount(accountId, async (open) => (await open.account.findFirst({ select: { id: true } }))?.id ?? null);
}
