import { endpointUrl } from '#modules/endpoints';
import { AppError } from '#platform/trpc';
import { instanceErrors } from '@whatpro/sdk/contract';
import { openInstance } from './open-peers.ts';
import { refusal } from './tools.ts';
import type { InstancesContext } from './tools.ts';

/** Tells the gateway our secret address once more, after the Hub's own address has changed. */
export async function tellWebhook(context: InstancesContext, input: { readonly id: string }): Promise<void> {
  const { row, session } = await openInstance(context, input.id);
  const url = await context.database.run((database) =>
    endpointUrl(database, context.tools.keys, context.tools.publicUrl, { instanceId: row.id }),
  );
  if (url === null) throw new AppError(instanceErrors['not-found']);
  const told = await session.setWebhook({ url });
  if (!told.ok) throw refusal(told.failure);
}
