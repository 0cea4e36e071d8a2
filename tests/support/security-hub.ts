import { randomUUID } from 'node:crypto';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { openClient } from './security-client.ts';
import type { Answer, Client } from './security-client.ts';
import { seedTenant } from './security-world.ts';
import type { Tenant } from './security-world.ts';
import { startHub } from './start-hub.ts';
import type { TestHub } from './start-hub.ts';

export interface TwoAccounts {
  readonly hub: TestHub;
  readonly database: TestDatabase;
  readonly client: Client;
  readonly a: Tenant;
  readonly b: Tenant;
  close(): Promise<void>;
}

/** Without limits per minute: these tests ask fast. */
export const unlimited = { HUB_SANDBOX: 'off', HUB_RATE_ADDRESS: '0', HUB_RATE_PRINCIPAL: '0', HUB_RATE_ACCOUNT: '0' };

/** A running Hub with two accounts that are alike; every text of the second carries `B-CANARY-…`. */
export async function openTwoAccounts(
  settings: Readonly<Record<string, string>> = {},
  onAnswer?: (line: string, answer: Answer) => void,
): Promise<TwoAccounts> {
  const database = await createTestDatabase();
  const hub = await startHub({ database, settings: { ...unlimited, ...settings } });
  const client = openClient(hub.url, onAnswer);
  const plan = (mark: string) => ({
    mark,
    password: `the long sentence of ${mark}`,
    secrets: { adminSecret: `gateway-key-${mark}`, chatwootToken: `desk-token-${mark}` },
  });
  const a = await seedTenant(client, database, plan(`A-OWN-${randomUUID()}`));
  const b = await seedTenant(client, database, plan(`B-CANARY-${randomUUID()}`));
  return {
    hub,
    database,
    client,
    a,
    b,
    async close() {
      await hub.stop();
      await a.peers.close();
      await b.peers.close();
      await database.drop();
    },
  };
}
