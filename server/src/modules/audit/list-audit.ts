import { z } from 'zod';
import { type AuditEntry, auditEntrySchema, type AuditFilters, type ListAudit } from '@whatpro/sdk/contract';
import type { AccountDatabase, Prisma } from '#platform/database';

const actorSchema = auditEntrySchema.shape.actor;
const imageSchema = z.record(z.string(), z.unknown()).nullable();

type AuditTable = Pick<AccountDatabase, 'auditEntry'>;

export async function listAudit(
  database: AuditTable,
  { cursor, limit, ...filters }: ListAudit,
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const rows = await readEntries(database, filters, cursor, limit + 1);
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Newest first; ids follow time. */
export async function readEntries(
  database: AuditTable,
  filters: AuditFilters,
  before: string | undefined,
  count: number,
): Promise<AuditEntry[]> {
  const where: Prisma.AuditEntryWhereInput = { AND: [...conditionsOf(filters), ...(before === undefined ? [] : [{ id: { lt: before } }])] };
  const rows = await database.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take: count });
  return rows.map((row) => ({
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
}

/** At most `most`. */
export async function countEntries(database: AuditTable, filters: AuditFilters, most: number): Promise<number> {
  const found = await database.auditEntry.findMany({ where: { AND: conditionsOf(filters) }, select: { id: true }, take: most });
  return found.length;
}

function conditionsOf(filters: AuditFilters): Prisma.AuditEntryWhereInput[] {
  const { action, actorKind, actorId, subjectType, subjectId, from, to } = filters;
  return [
    ...(action === undefined ? [] : [{ action: action.endsWith('.') ? { startsWith: action } : action }]),
    ...(actorKind === undefined ? [] : [{ actor: { path: ['kind'], equals: actorKind } }]),
    ...(actorId === undefined ? [] : [{ actor: { path: ['id'], equals: actorId } }]),
    ...(subjectType === undefined ? [] : [{ subjectType }]),
    ...(subjectId === undefined ? [] : [{ subjectId }]),
    ...(from === undefined ? [] : [{ at: { gte: new Date(from) } }]),
    ...(to === undefined ? [] : [{ at: { lt: new Date(to) } }]),
  ];
}
