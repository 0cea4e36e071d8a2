import { recordAudit } from '#modules/audit';
import { AppError } from '#platform/trpc';
import { instanceErrors } from '@whatpro/sdk/contract';
import { toInstance } from './instance.repository.ts';
import { openInstance } from './open-peers.ts';
import { refusal } from './tools.ts';
import type { InstancesContext } from './tools.ts';

/** Removes the instance at its gateway, then here with its threads and messages. A linked one must be unlinked first. */
export async function deleteInstance(context: InstancesContext, input: { readonly id: string }): Promise<void> {
  const { row, session } = await openInstance(context, input.id);
  if (row.inboxes.length > 0) throw new AppError(instanceErrors.linked);
  const removed = await session.remove();
  if (!removed.ok) throw refusal(removed.failure);
  await context.database.run(async (database) => {
    await database.instance.deleteMany({ where: { id: row.id } });
    await recordAudit(database, context, {
      action: 'instance.deleted',
      subjectType: 'instance',
      subjectId: row.id,
      before: toInstance(row),
    });
  });
  context.tools.changed(context.account.id, [row.id]);
}
