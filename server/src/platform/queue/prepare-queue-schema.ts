import { runMigrations } from 'bullmq';
import pg from 'pg';

/** Makes or upgrades BullMQ's own tables, as the role that owns them. Safe when several processes start at once (it locks). */
export async function prepareQueueSchema(connectionString: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    await client.end();
  }
}
