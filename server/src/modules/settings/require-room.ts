import { LIMIT_NAMES, limitErrors } from '@whatpro/sdk/contract';
import type { Limit, LimitName } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError } from '#platform/trpc';
import { DEFAULT_LIMITS } from './account-defaults.ts';

const COUNTS: Readonly<Record<LimitName, (database: AccountDatabase) => Promise<number>>> = {
  members: async (database) => {
    const now = new Date();
    const open = await database.invitation.count({ where: { acceptedAt: null, revokedAt: null, expiresAt: { gt: now } } });
    return open + (await database.member.count({ where: { disabledAt: null } }));
  },
  teams: (database) => database.team.count(),
  'provider-servers': (database) => database.providerServer.count(),
  instances: (database) => database.instance.count(),
  // An inbox that was unlinked stays in the table with its history and takes no room.
  inboxes: (database) => database.inbox.count({ where: { instanceId: { not: null } } }),
  'api-keys': (database) => database.apiKey.count({ where: { revokedAt: null, expiresAt: { gt: new Date() } } }),
  origins: (database) => database.accountOrigin.count(),
};

/**
 * Throws `limits/<name>` (403) when the account has no room for one more. Call it in the transaction of the creation, before
 * the row is written: it holds a lock until the end of that transaction, so of two creations at the last free place one waits,
 * counts again and is refused. A place that is handed on is freed first: an invitation is marked accepted before its member is made.
 */
export async function requireRoom(database: AccountDatabase, name: LimitName): Promise<void> {
  await database.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('limit:' || app.account_id()::text || ':' || ${name}, 0))`;
  const given = await database.accountLimit.findFirst({ where: { name }, select: { value: true } });
  const max = given?.value ?? DEFAULT_LIMITS[name];
  const used = await COUNTS[name](database);
  if (used >= max) throw new AppError(limitErrors[name], { details: { used, max } });
}

/** Without a lock: for showing. */
export async function readLimits(database: AccountDatabase): Promise<Limit[]> {
  const given = new Map((await database.accountLimit.findMany()).map(({ name, value }) => [name, value]));
  const limits: Limit[] = [];
  for (const name of LIMIT_NAMES) limits.push({ name, used: await COUNTS[name](database), max: given.get(name) ?? DEFAULT_LIMITS[name] });
  return limits;
}
