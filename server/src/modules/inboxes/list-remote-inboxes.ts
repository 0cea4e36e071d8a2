import type { z } from 'zod';
import type { AccountDatabase } from '#platform/database';
import type { remoteInboxSchema } from '@whatpro/sdk/contract';
import { onlyReached } from '#platform/trpc';
import type { Reach } from '#platform/trpc';
import { requireLink } from './inbox.repository.ts';
import { linkTokenAt, openChatwoot, refusal } from './tools.ts';
import type { InboxesContext } from './tools.ts';

/** What Chatwoot has now, to pick from; an inbox that is here and out of the caller's reach is left out. */
export async function listRemoteInboxes(
  context: InboxesContext,
  input: { readonly id: string },
): Promise<z.infer<typeof remoteInboxSchema>[]> {
  const { link, hidden } = await context.database.run(async (database) => ({
    link: await requireLink(database, input.id),
    hidden: await hiddenInboxes(database, context.reach, input.id),
  }));
  const token = context.tools.keys.open(linkTokenAt(context.account.id, link.id), link.token);
  const listed = await openChatwoot(context.tools, link, token).listInboxes();
  if (!listed.ok) throw refusal(listed.failure);
  return listed.value
    .filter((inbox) => !hidden.has(inbox.id))
    .map((inbox) => ({
      chatwootInboxId: inbox.id,
      name: inbox.name,
      channelType: inbox.channelType,
      linkable: inbox.channelType === 'Channel::Api',
    }));
}

async function hiddenInboxes(database: AccountDatabase, { inboxes }: Reach, chatwootLinkId: string): Promise<ReadonlySet<number>> {
  if (inboxes === 'all') return new Set();
  const rows = await database.inbox.findMany({
    where: { chatwootLinkId, NOT: { id: onlyReached(inboxes) } },
    select: { chatwootInboxId: true },
  });
  return new Set(rows.map((row) => row.chatwootInboxId));
}
