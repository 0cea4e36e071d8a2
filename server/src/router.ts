import { createAccessRouter } from '#modules/access';
import type { AccessContext } from '#modules/access';
import { createAccountsRouter } from '#modules/accounts';
import { createAuditRouter } from '#modules/audit';
import { createCredentialsRouter } from '#modules/credentials';
import { createInboxesRouter } from '#modules/inboxes';
import type { InboxTools } from '#modules/inboxes';
import { createInstancesRouter } from '#modules/instances';
import type { InstanceTools } from '#modules/instances';
import { createMessagesRouter } from '#modules/messages';
import type { MessageTools } from '#modules/messages';
import { createPeopleRouter } from '#modules/people';
import type { PeopleTools } from '#modules/people';
import { createSandboxRouter } from '#modules/sandbox-account';
import type { SandboxKeysSource } from '#modules/sandbox-account';
import { createSettingsRouter } from '#modules/settings';
import type { SettingsTools } from '#modules/settings';
import type { Database } from '#platform/database';
import { mergeRouters, router } from '#platform/trpc';

export interface RouterTools {
  readonly database: Database;
  readonly access: AccessContext;
  readonly instances: InstanceTools;
  readonly inboxes: InboxTools;
  readonly messages: MessageTools;
  readonly people: PeopleTools;
  readonly settings: SettingsTools;
  readonly sandbox: SandboxKeysSource;
}

/** Every procedure of the Hub. */
export function createRouter(tools: RouterTools) {
  return mergeRouters(
    router({
      access: createAccessRouter(tools.access),
      accounts: createAccountsRouter({ database: tools.database }),
      audit: createAuditRouter(tools.database),
      settings: createSettingsRouter({ database: tools.database, tools: tools.settings }),
      sandbox: createSandboxRouter(tools.sandbox),
    }),
    createCredentialsRouter(tools.access),
    createInstancesRouter(tools.instances),
    createInboxesRouter(tools.inboxes),
    createMessagesRouter(tools.messages),
    createPeopleRouter(tools.people),
  );
}

export type AppRouter = ReturnType<typeof createRouter>;
