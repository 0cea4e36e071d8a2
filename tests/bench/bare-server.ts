import express from 'express';
import pg from 'pg';

/** The yardstick: one indexed query on bare Express and pg, no credential, no permission, no row level security. */
const [connectionString = '', account = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: 20 });
const app = express();
app.get('/one/:id', async (request, response) => {
  const { rows } = await pool.query({
    name: 'one',
    text: 'SELECT * FROM app.provider_server WHERE account_id = $1 AND id = $2',
    values: [account, request.params.id],
  });
  response.json(rows[0] ?? null);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ event: 'bare.ready', port: typeof address === 'object' && address ? address.port : 0 })}\n`);
});
