import { useEmbeddedPostgres } from '../../server/src/platform/database/testing.ts';

/** A process that uses the embedded PostgreSQL of a folder until it is told `leave`; for tests that start and kill several. */
const [, , dataDir = ''] = process.argv;
const say = (word: string, value: unknown): void => void process.send?.({ word, value });

try {
  const server = await useEmbeddedPostgres({ dataDir, durable: false, onLost: () => say('lost', null) });
  say('joined', { pid: server.pid, admin: server.admin.expose() });
  process.on('message', () => void server.leave().then(() => process.exit(0)));
  process.on('disconnect', () => process.exit(1));
} catch (error) {
  say('failed', error instanceof Error ? { kind: 'kind' in error ? error.kind : null, message: error.message } : null);
  process.exit(1);
}
