import { createAccessRouter } from '#modules/access';
import type { AccessContext } from '#modules/access';
import { createAccountsRouter } from '#modules/accounts';
import { auditRouter } from '#modules/audit';
import { createInboxesRouter } from '#modules/inboxes';
import type { InboxTools } from '#modules/inboxes';
import { createInstancesRouter } from '#modules/instances';
import type { InstanceTools } from '#modules/instances';
import { createMessagesRouter } from '#modules/messages';
import type { MessageTools } from '#modules/messages';
import { createSandboxRouter } from '#modules/sandbox-account';
import type { SandboxKeysSource } from '#modules/sandbox-account';
import type { Database } from '#platform/database';
import { mergeRouters, router } from '#platform/trpc';

export interface RouterTools {
  readonly database: Database;
  readonly access: AccessContext;
  readonly instances: InstanceTools;
  readonly inboxes: InboxTools;
  readonly messages: MessageTools;
  readonly sandbox: SandboxKeysSource;
}

/** Every procedure of the Hub. */
export function createRouter(tools: RouterTools) {
  return mergeRouters(
    router({
      access: createAccessRouter(tools.access),
      accounts: createAccountsRouter({ database: tools.database }),
      audit: auditRouter,
      sandbox: createSandboxRouter(tools.sandbox),
    }),
    createInstancesRouter(tools.instances),
    createInboxesRouter(tools.inboxes),
    createMessagesRouter(tools.messages),
  );
}

export type AppRouter = ReturnType<typeof createRouter>;
