import { recordAudit } from '#modules/audit';
import { retireEndpoints } from '#modules/endpoints';
import { requireInbox, toInbox } from './inbox.repository.ts';
import type { InboxesContext } from './tools.ts';

/**
 * Parts an inbox from its instance. Chatwoot keeps the inbox and its conversations; its deliveries to the old address end.
 * Messages that still wait for this inbox wait for the next one.
 */
export async function unlinkInbox(context: InboxesContext, input: { readonly id: string }): Promise<void> {
  await context.database.run(async (database) => {
    const row = await requireInbox(database, context.reach, input.id);
    await retireEndpoints(database, { inboxId: row.id });
    await database.inbox.updateMany({ where: { id: row.id }, data: { instanceId: null } });
    // Conversations belong to the inbox: the next one starts its own.
    if (row.instanceId) {
      await database.thread.updateMany({
        where: { instanceId: row.instanceId },
        data: { chatwootContactId: null, chatwootConversationId: null, chatwootSourceId: null },
      });
    }
    await recordAudit(database, context, { action: 'inbox.unlinked', subjectType: 'inbox', subjectId: row.id, before: toInbox(row) });
  });
  context.tools.changed(context.account.id, [input.id]);
}
