import { changeUrl, connectForStart, useEmbeddedPostgres } from '../../server/src/platform/database/testing.ts';

/** Puts many quiet threads, each with its identity, lanes and a delivered message, beside those that are measured. */
export async function seedThreads(options: {
  readonly dataDir: string;
  readonly account: string;
  readonly instance: string;
  readonly threads: number;
}): Promise<void> {
  const server = await useEmbeddedPostgres({ dataDir: options.dataDir });
  const client = await connectForStart(changeUrl(server.admin, { database: 'hub' }));
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    const values = [options.account, options.instance, options.threads];
    await client.query(
      `INSERT INTO app.thread (account_id, id, instance_id, kind, address, name, phone, chatwoot_contact_id, chatwoot_source_id, chatwoot_conversation_id)
       SELECT $1, app.uuid7(), $2, 'person', '5521' || (900000000 + n) || '@s.whatsapp.net', 'Seed ' || n, '+5521' || (900000000 + n), n, 's' || n, 20000000 + n
       FROM generate_series(1, $3) n`,
      values,
    );
    // Each step reads what the one before wrote: without fresh statistics the joins go row by row.
    await client.query('ANALYZE app.thread');
    const mine = `FROM app.thread t WHERE t.account_id = $1 AND t.name LIKE 'Seed %'`;
    await client.query(
      `INSERT INTO app.thread_identity (account_id, instance_id, address, thread_id) SELECT t.account_id, t.instance_id, t.address, t.id ${mine}`,
      [options.account],
    );
    await client.query(
      `INSERT INTO app.lane (account_id, id, thread_id, direction, next_seq) SELECT t.account_id, app.uuid7(), t.id, d, 2 FROM unnest(ARRAY['inbound','outbound']) d, app.thread t WHERE t.account_id = $1 AND t.name LIKE 'Seed %'`,
      [options.account],
    );
    await client.query('ANALYZE app.lane');
    await client.query(
      `INSERT INTO app.message (account_id, id, lane_id, thread_id, instance_id, direction, seq, origin, kind, state, content, gateway_id, chatwoot_message_id)
       SELECT l.account_id, app.uuid7(), l.id, l.thread_id, $2, l.direction, 1, 'contact', 'text', 'delivered', '{"kind":"text","text":"seed"}', 'S' || l.id, 1
       FROM app.lane l JOIN app.thread t ON t.account_id = l.account_id AND t.id = l.thread_id WHERE l.account_id = $1 AND t.name LIKE 'Seed %' AND l.direction = 'inbound'`,
      [options.account, options.instance],
    );
    await client.query('COMMIT');
    await client.query('ANALYZE');
  } finally {
    await client.end();
    await server.leave();
  }
}
