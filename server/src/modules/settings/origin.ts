import type { Origin } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';

/** What could end a directive or begin another where the origin is written into a header (SECURITY.md HT-02). */
const NEVER_IN_AN_ORIGIN = /[\s;,*'"\\<>@\p{Cc}]/u;
const HTTPS_ORIGIN = /^https:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/;
const LOCAL_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/;

/**
 * The origin as browsers send it (punycode, lower case, no default port), or null when what is given is not one: https only,
 * no path, no wildcard. `localAllowed` lets plain http on this machine through.
 */
export function normalOrigin(given: string, { localAllowed }: { readonly localAllowed: boolean }): string | null {
  const text = given.trim();
  if (NEVER_IN_AN_ORIGIN.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && !/[?#]/.test(text);
  if (!bare || url.username !== '' || url.password !== '') return null;
  return HTTPS_ORIGIN.test(url.origin) || (localAllowed && LOCAL_ORIGIN.test(url.origin)) ? url.origin : null;
}

interface OriginRow {
  readonly id: string;
  readonly origin: string;
  readonly createdAt: Date;
}

export const toOrigin = ({ id, origin, createdAt }: OriginRow): Origin => ({ id, origin, createdAt: createdAt.toISOString() });

/** All of them: their limit keeps them few. */
export async function readOrigins(database: Pick<AccountDatabase, 'accountOrigin'>): Promise<Origin[]> {
  return (await database.accountOrigin.findMany({ orderBy: { id: 'asc' }, take: 1_000 })).map(toOrigin);
}
