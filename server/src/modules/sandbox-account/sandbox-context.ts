import { tellInboxWebhook } from '#modules/inboxes';
import type { InboxesContext, InboxTools } from '#modules/inboxes';
import { tellWebhook } from '#modules/instances';
import type { InstancesContext, InstanceTools } from '#modules/instances';
import type { Database } from '#platform/database';
import { wholeAccount } from '#platform/trpc';
import type { AccountContext } from '#platform/trpc';

export interface SandboxTools {
  readonly database: Database;
  readonly instances: InstanceTools;
  readonly inboxes: InboxTools;
}

export const sandboxCaller = {
  actor: { kind: 'system' as const, name: 'sandbox' },
  request: { requestId: 'sandbox', ip: '', userAgent: null },
};

/** What the verbs of both rooms are called with. */
export function contextsOf({ database, instances, inboxes }: SandboxTools, accountId: string) {
  const context: AccountContext = {
    account: { id: accountId },
    ...sandboxCaller,
    reach: wholeAccount,
    database: { run: (work) => database.withAccount(accountId, work) },
  };
  return { instances: { ...context, tools: instances }, inboxes: { ...context, tools: inboxes } };
}

/** The Hub came up at another port: both peers still call the old one. */
export async function tellNewAddresses(
  { instances, inboxes }: { readonly instances: InstancesContext; readonly inboxes: InboxesContext },
  instance: { readonly id: string; readonly inboxes: readonly { readonly id: string }[] },
): Promise<void> {
  await tellWebhook(instances, { id: instance.id });
  for (const inbox of instance.inboxes) await tellInboxWebhook(inboxes, { id: inbox.id });
}
