import type { Database } from '#platform/database';
import type { Logger } from '#platform/logging';
import { wholeAccount } from '#platform/trpc';
import { syncInstances } from './sync-instances.ts';
import type { InstanceTools } from './tools.ts';

const PAGE = 500;

/** One account and one server at a time; a server that does not answer is a line in the log and stops nobody. */
export function createSyncInstancesHandler(options: { readonly database: Database; readonly tools: InstanceTools; readonly log: Logger }) {
  const { database, tools, log } = options;
  return async (): Promise<void> => {
    for (let after: string | null = null; ;) {
      const accounts: { id: string; active: boolean }[] = await database.system.lookUp('all_accounts', [after, PAGE], (row) => ({
        id: String(row.account_id),
        active: row.status === 'active',
      }));
      for (const account of accounts) if (account.active) await syncAccount(account.id);
      after = accounts.at(-1)?.id ?? null;
      if (accounts.length < PAGE) return;
    }
  };

  async function syncAccount(accountId: string): Promise<void> {
    const servers = await database.withAccount(accountId, (open) => open.providerServer.findMany({ select: { id: true } }));
    for (const server of servers) {
      const context = {
        account: { id: accountId },
        actor: { kind: 'system' as const, name: 'sync-instances' },
        reach: wholeAccount,
        request: { requestId: 'sync-instances', ip: '', userAgent: null },
        database: { run: <T>(work: Parameters<typeof database.withAccount<T>>[1]) => database.withAccount(accountId, work) },
        tools,
      };
      try {
        await syncInstances(context, { providerServerId: server.id, adopt: false });
      } catch (error) {
        log.warn('instances.sync-failed', { accountId, providerServerId: server.id, err: error });
      }
    }
  }
}
