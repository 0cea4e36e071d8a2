import { recordAudit } from '#modules/audit';
import { DbNull } from '#platform/database';
import { onlyReached } from '#platform/trpc';
import type { AccountContext } from '#platform/trpc';

export interface Replayed {
  /** How many went back to their lanes; what was no dead letter, or out of reach, was left alone. */
  readonly replayed: number;
}

/** Puts dead letters back where they were: each to its own place in its lane, in front of what came after it. */
export async function replayDeadLetters(
  context: AccountContext & { readonly changed: (accountId: string, messageIds: readonly string[]) => void },
  input: { readonly messageIds: readonly string[] },
): Promise<Replayed> {
  const ids = await context.database.run(async (database) => {
    const dead = await database.message.findMany({
      where: { id: { in: [...input.messageIds] }, state: 'dead', instanceId: onlyReached(context.reach.instances) },
      select: { id: true, laneId: true },
    });
    const found = dead.map((message) => message.id);
    // The lane is locked first, as the road does, so that a worker about to end the lane sees these messages.
    await database.lane.updateMany({
      where: { id: { in: dead.map((message) => message.laneId) } },
      data: { dueAt: new Date(), failures: 0 },
    });
    await database.message.updateMany({
      where: { id: { in: found }, state: 'dead' },
      data: { state: 'pending', attempts: 0, cause: DbNull, settledAt: null, report: 0 },
    });
    await recordAudit(database, context, {
      action: 'dead-letters.replayed',
      subjectType: 'message',
      subjectId: found.length === 1 ? (found[0] ?? null) : null,
      after: { messageIds: found },
    });
    return found;
  });
  context.changed(context.account.id, ids);
  return { replayed: ids.length };
}
