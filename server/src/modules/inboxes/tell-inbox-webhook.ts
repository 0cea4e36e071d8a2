import { endpointUrl } from '#modules/endpoints';
import { AppError } from '#platform/trpc';
import { chatwootErrors } from '@whatpro/sdk/contract';
import { requireInbox, requireLink } from './inbox.repository.ts';
import { linkTokenAt, openChatwoot, refusal } from './tools.ts';
import type { InboxesContext } from './tools.ts';

/** Tells Chatwoot our secret address of this inbox once more, after the Hub's own address has changed. */
export async function tellInboxWebhook(context: InboxesContext, input: { readonly id: string }): Promise<void> {
  const { keys, publicUrl } = context.tools;
  const { inbox, link, url } = await context.database.run(async (database) => {
    const row = await requireInbox(database, context.reach, input.id);
    return {
      inbox: row,
      link: await requireLink(database, row.chatwootLinkId),
      url: await endpointUrl(database, keys, publicUrl, { inboxId: row.id }),
    };
  });
  if (url === null) throw new AppError(chatwootErrors['inbox-not-found']);
  const client = openChatwoot(context.tools, link, keys.open(linkTokenAt(context.account.id, link.id), link.token));
  const told = await client.setInboxWebhook(inbox.chatwootInboxId, url);
  if (!told.ok) throw refusal(told.failure);
}
