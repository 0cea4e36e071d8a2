import { z } from 'zod';
import { type AuditEntry, auditEntrySchema, type ListAudit } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';

const actorSchema = auditEntrySchema.shape.actor;
const imageSchema = z.record(z.string(), z.unknown()).nullable();

export async function listAudit(
  database: Pick<AccountDatabase, 'auditEntry'>,
  { cursor, limit, action, from, to }: ListAudit,
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const rows = await database.auditEntry.findMany({
    where: {
      ...(cursor === undefined ? {} : { id: { lt: cursor } }),
      ...(action === undefined ? {} : { action }),
      ...(from === undefined && to === undefined
        ? {}
        : { at: { ...(from === undefined ? {} : { gte: new Date(from) }), ...(to === undefined ? {} : { lt: new Date(to) }) } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    actor: actorSchema.parse(row.actor),
    action: row.action,
    subjectType: row.subjectType,
    subjectId: row.subjectId,
    before: imageSchema.parse(row.before),
    after: imageSchema.parse(row.after),
    ip: row.ip,
    userAgent: row.userAgent,
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
