import { recordAudit } from '#modules/audit';
import { AppError } from '#platform/trpc';
import { instanceErrors } from '@whatpro/sdk/contract';
import type { Instance } from '@whatpro/sdk/contract';
import { requireInstance, toInstance } from './instance.repository.ts';
import { openInstance } from './open-peers.ts';
import { refusal } from './tools.ts';
import type { InstancesContext } from './tools.ts';

type Steer = 'restart' | 'log-out' | 'refresh';

/** Restarts, logs out, or just asks for the state; then keeps what the gateway reports. */
export async function steerInstance(context: InstancesContext, input: { readonly id: string; readonly steer: Steer }): Promise<Instance> {
  const { row, session } = await openInstance(context, input.id);
  if (input.steer === 'restart' && !session.restart) throw new AppError(instanceErrors['not-supported']);
  if (input.steer !== 'refresh') {
    const done = input.steer === 'restart' ? await session.restart?.() : await session.logOut();
    if (done && !done.ok) throw refusal(done.failure);
  }
  const report = await session.report();
  if (!report.ok && input.steer === 'refresh') throw refusal(report.failure);

  const instance = await context.database.run(async (database) => {
    if (report.ok) {
      const { state, action, reason, phone, profileName } = report.value;
      await database.instance.updateMany({
        where: { id: row.id },
        data: {
          state,
          action,
          reason: reason ?? null,
          stateAt: new Date(),
          ...(phone ? { phone } : {}),
          ...(profileName ? { profileName } : {}),
        },
      });
    }
    const after = toInstance(await requireInstance(database, context.reach, row.id));
    if (input.steer !== 'refresh') {
      await recordAudit(database, context, {
        action: `instance.${input.steer}`,
        subjectType: 'instance',
        subjectId: row.id,
        before: { state: row.state },
        after: { state: after.state },
      });
    }
    return after;
  });
  context.tools.changed(context.account.id, [row.id]);
  return instance;
}
