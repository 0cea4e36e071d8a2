import { Redis } from 'ioredis';

/** What several processes count in together. Every script is one atomic step. */
export interface SharedStore {
  /** Rejects soon when the store does not answer. */
  run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  close(): void;
}

/** A request does not wait longer than this for a count. */
const PATIENCE_MS = 100;

export function openSharedStore(redisUrl: string, onError: (error: unknown) => void): SharedStore {
  const redis = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: PATIENCE_MS });
  redis.on('error', onError);
  return {
    run: (script, keys, args) => redis.eval(script, keys.length, ...keys, ...args),
    close: () => redis.disconnect(),
  };
}
