import { recordAudit } from '#modules/audit';
import { AppError } from '#platform/trpc';
import { chatwootErrors } from '@whatpro/sdk/contract';
import { requireLink, toLink } from './inbox.repository.ts';
import type { InboxesContext } from './tools.ts';

/** Forgets a Chatwoot account that has no inboxes here any more. Nothing happens in Chatwoot. */
export async function unlinkChatwoot(context: InboxesContext, input: { readonly id: string }): Promise<void> {
  await context.database.run(async (database) => {
    const row = await requireLink(database, input.id);
    if ((await database.inbox.count({ where: { chatwootLinkId: row.id } })) > 0) throw new AppError(chatwootErrors['link-in-use']);
    await database.chatwootLink.deleteMany({ where: { id: row.id } });
    await recordAudit(database, context, {
      action: 'chatwoot.unlinked',
      subjectType: 'chatwoot-link',
      subjectId: row.id,
      before: toLink(row),
    });
  });
}
