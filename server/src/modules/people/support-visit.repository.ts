import { type SupportVisit, supportVisitSchema } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { type PageInput, pageOfRows } from './page-of-rows.ts';

interface VisitRow {
  readonly id: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly startedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

export const withOperator = { user: { select: { id: true, name: true } } } as const;

/** As a condition on rows. */
export const open = (now: Date) => ({ endedAt: null, expiresAt: { gt: now } });

/** Newest first. */
export async function listSupportVisits(database: AccountDatabase, { cursor, limit }: PageInput) {
  const rows = await database.supportVisit.findMany({
    where: cursor === undefined ? {} : { id: { lt: cursor } },
    include: withOperator,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return pageOfRows(rows, limit, toVisit);
}

export const toVisit = ({ id, user, reason, startedAt, expiresAt, endedAt }: VisitRow): SupportVisit =>
  supportVisitSchema.parse({
    id,
    operator: user,
    reason,
    startedAt: startedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  });
