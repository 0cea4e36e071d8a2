import type { InboxTools } from '#modules/inboxes';
import type { InstanceTools } from '#modules/instances';
import type { Database } from '#platform/database';
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
    database: { run: (work) => database.withAccount(accountId, work) },
  };
  return { instances: { ...context, tools: instances }, inboxes: { ...context, tools: inboxes } };
}
