import type { z } from 'zod';
import type { remoteInboxSchema } from '@whatpro/sdk/contract';
import { requireLink } from './inbox.repository.ts';
import { linkTokenAt, openChatwoot, refusal } from './tools.ts';
import type { InboxesContext } from './tools.ts';

/** What Chatwoot has now, to pick from. */
export async function listRemoteInboxes(
  context: InboxesContext,
  input: { readonly id: string },
): Promise<z.infer<typeof remoteInboxSchema>[]> {
  const link = await context.database.run((database) => requireLink(database, input.id));
  const token = context.tools.keys.open(linkTokenAt(context.account.id, link.id), link.token);
  const listed = await openChatwoot(context.tools, link, token).listInboxes();
  if (!listed.ok) throw refusal(listed.failure);
  return listed.value.map((inbox) => ({
    chatwootInboxId: inbox.id,
    name: inbox.name,
    channelType: inbox.channelType,
    linkable: inbox.channelType === 'Channel::Api',
  }));
}
