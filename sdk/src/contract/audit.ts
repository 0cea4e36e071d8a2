import { z } from 'zod';
import { idSchema, instantSchema, pageInput, pageOf } from './ids.ts';

export const auditEntrySchema = z
  .object({
    id: idSchema,
    at: instantSchema,
    actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
    action: z.string().describe('What was done, such as `instances.connected`.'),
    subjectType: z.string(),
    subjectId: z.string().nullable(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable().describe('Secrets are masked.'),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Newest first. */
export const listAuditSchema = z.strictObject({
  ...pageInput,
  action: z.string().max(100).optional(),
  from: instantSchema.optional().describe('At or after this instant.'),
  to: instantSchema.optional().describe('Before this instant.'),
});
export type ListAudit = z.infer<typeof listAuditSchema>;
export const auditPageSchema = pageOf(auditEntrySchema);
