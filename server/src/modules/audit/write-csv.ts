import type { AuditEntry } from '@whatpro/sdk/contract';

const COLUMNS = [
  'at',
  'action',
  'actor_kind',
  'actor_id',
  'actor_name',
  'subject_type',
  'subject_id',
  'before',
  'after',
  'ip',
  'user_agent',
  'id',
] as const;

/** RFC 4180, with a mark at the start that makes spreadsheets read UTF-8. */
export const CSV_HEAD = `\uFEFF${COLUMNS.join(',')}\r\n`;

export function csvLineOf(entry: AuditEntry): string {
  const { actor } = entry;
  const cells: Record<(typeof COLUMNS)[number], string | null> = {
    at: entry.at,
    action: entry.action,
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    before: entry.before === null ? null : JSON.stringify(entry.before),
    after: entry.after === null ? null : JSON.stringify(entry.after),
    ip: entry.ip,
    user_agent: entry.userAgent,
    id: entry.id,
  };
  return `${COLUMNS.map((column) => csvCell(cells[column] ?? '')).join(',')}\r\n`;
}

/** A cell that begins like a formula is one for a spreadsheet, so it begins with an apostrophe instead (SECURITY.md HT-12). */
export function csvCell(text: string): string {
  const shown = text.replaceAll('\u0000', '');
  const safe = /^[=+\-@\t\r\n]/.test(shown) || text.startsWith('\u0000') ? `'${shown}` : shown;
  return `"${safe.replaceAll('"', '""')}"`;
}
