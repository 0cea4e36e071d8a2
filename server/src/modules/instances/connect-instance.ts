import { recordAudit } from '#modules/audit';
import { refusal } from './tools.ts';
import type { InstancesContext } from './tools.ts';
import type { PairingStepView } from '@whatpro/sdk/contract';
import { openInstance } from './open-peers.ts';

/** Asks the gateway for the next pairing step. Asking again is harmless: the screen polls it. */
export async function connectInstance(
  context: InstancesContext,
  input: { readonly id: string; readonly phone?: string | undefined },
): Promise<PairingStepView> {
  const { row, session } = await openInstance(context, input.id);
  const step = await session.connect(input.phone === undefined ? {} : { phone: input.phone });
  if (!step.ok) throw refusal(step.failure);

  const state = step.value.step === 'done' ? 'connected' : step.value.step === 'wait' ? 'connecting' : 'pairing';
  await context.database.run(async (database) => {
    if (row.state === state) return;
    await database.instance.updateMany({ where: { id: row.id }, data: { state, stateAt: new Date(), action: 'none', reason: null } });
    await recordAudit(database, context, {
      action: 'instance.connecting',
      subjectType: 'instance',
      subjectId: row.id,
      before: { state: row.state },
      after: { state },
    });
  });
  context.tools.changed(context.account.id, [row.id]);
  const value = step.value;
  return value.step === 'done' ? { step: 'done', ...(value.phone ? { phone: value.phone } : {}) } : value;
}
