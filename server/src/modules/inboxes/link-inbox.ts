import { newId } from '#platform/ids';
import type { z } from 'zod';
import { recordAudit } from '#modules/audit';
import { newEndpoint, retireEndpoints, storeEndpoint } from '#modules/endpoints';
import { requireRoom } from '#modules/settings';
import type { ChatwootClient, ChatwootInbox } from '#chatwoot';
import { Secret } from '#platform/crypto';
import type { AccountDatabase } from '#platform/database';
import { AppError, requireWholeAccount } from '#platform/trpc';
import { chatwootErrors, instanceErrors } from '@whatpro/sdk/contract';
import type { Inbox, linkInboxSchema } from '@whatpro/sdk/contract';
import { requireLink, toInbox } from './inbox.repository.ts';
import { linkTokenAt, openChatwoot, refusal, webhookSecretAt } from './tools.ts';
import type { InboxesContext } from './tools.ts';

type LinkInbox = z.infer<typeof linkInboxSchema>;

/**
 * Ties an instance to an API inbox: picks or makes it in Chatwoot, gives it our secret address, and keeps the secret that signs
 * its deliveries. Messages that waited for an inbox start to move.
 */
export async function linkInbox(context: InboxesContext, input: LinkInbox): Promise<Inbox> {
  requireWholeAccount(context.reach);
  const accountId = context.account.id;
  const link = await context.database.run(async (database) => {
    await requireFree(database, input);
    await requireRoom(database, 'inboxes');
    return requireLink(database, input.chatwootLinkId);
  });
  const endpoint = newEndpoint(context.tools.publicUrl, 'chatwoot');
  const client = openChatwoot(context.tools, link, context.tools.keys.open(linkTokenAt(accountId, link.id), link.token));
  const remote = await readyInbox(client, input, endpoint.url);

  const inbox = await context.database.run(async (database) => {
    await requireRoom(database, 'inboxes');
    await requireFree(database, input);
    const known = await database.inbox.findFirst({ where: { chatwootLinkId: link.id, chatwootInboxId: remote.id } });
    if (known?.instanceId) throw new AppError(chatwootErrors['inbox-taken']);
    const id = known?.id ?? newId();
    const webhookSecret = remote.secret ? context.tools.keys.seal(webhookSecretAt(accountId, id), new Secret(remote.secret)) : null;
    const data = { name: remote.name.slice(0, 120), instanceId: input.instanceId, webhookSecret };
    if (known) await database.inbox.updateMany({ where: { id }, data });
    else await database.inbox.create({ data: { id, accountId, chatwootLinkId: link.id, chatwootInboxId: remote.id, ...data } });
    await retireEndpoints(database, { inboxId: id });
    await storeEndpoint(database, context.tools.keys, accountId, endpoint, { inboxId: id });
    await wakeWaitingLanes(database, input.instanceId);
    const stored = toInbox(await database.inbox.findFirstOrThrow({ where: { id } }));
    await recordAudit(database, context, { action: 'inbox.linked', subjectType: 'inbox', subjectId: id, after: stored });
    return stored;
  });
  context.tools.changed(accountId, [inbox.id]);
  return inbox;
}

async function requireFree(database: AccountDatabase, input: LinkInbox): Promise<void> {
  const instance = await database.instance.findFirst({
    where: { id: input.instanceId },
    select: { id: true, inboxes: { select: { id: true } } },
  });
  if (!instance) throw new AppError(instanceErrors['not-found']);
  if (instance.inboxes.length > 0) throw new AppError(chatwootErrors['instance-linked']);
}

async function readyInbox(client: ChatwootClient, input: LinkInbox, webhookUrl: string): Promise<ChatwootInbox> {
  if (input.chatwootInboxId === undefined) {
    const made = await client.createApiInbox({ name: input.inboxName ?? 'WhatsApp', webhookUrl });
    if (!made.ok) throw refusal(made.failure);
    return made.value;
  }
  const found = await client.getInbox(input.chatwootInboxId);
  if (!found.ok) throw found.failure.kind === 'not-found' ? new AppError(chatwootErrors['inbox-not-found']) : refusal(found.failure);
  if (found.value.channelType !== 'Channel::Api') throw new AppError(chatwootErrors['not-api-inbox']);
  const set = await client.setInboxWebhook(found.value.id, webhookUrl);
  if (!set.ok) throw refusal(set.failure);
  return set.value;
}

async function wakeWaitingLanes(database: AccountDatabase, instanceId: string): Promise<void> {
  await database.lane.updateMany({ where: { thread: { instanceId }, dueAt: { not: null } }, data: { dueAt: new Date() } });
}
