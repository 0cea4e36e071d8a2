import { z } from 'zod';
import { defineErrors } from './errors.ts';
import { idSchema, instantSchema, pageInput, pageOf, userIdSchema } from './ids.ts';

export const auditEntrySchema = z
  .object({
    id: idSchema,
    at: instantSchema,
    actor: z.object({
      kind: z.string(),
      id: z.string().nullable(),
      name: z.string(),
      visitId: idSchema.optional().describe('The support visit under which an operator did it.'),
    }),
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

export const ACTOR_KINDS = ['user', 'api-key', 'instance-token', 'system'] as const;

const filters = {
  action: z.string().max(100).optional().describe('Such as `instance.created`; with a dot at its end, everything that begins so.'),
  actorKind: z.enum(ACTOR_KINDS).optional(),
  actorId: idSchema.optional(),
  subjectType: z.string().max(50).optional(),
  subjectId: z.string().max(100).optional(),
  from: instantSchema.optional().describe('At or after this instant.'),
  to: instantSchema.optional().describe('Before this instant.'),
};

/** Newest first. */
export const listAuditSchema = z.strictObject({ ...pageInput, ...filters });
export type ListAudit = z.infer<typeof listAuditSchema>;
export const auditPageSchema = pageOf(auditEntrySchema);

export const exportAuditSchema = z.strictObject(filters);
export type AuditFilters = z.infer<typeof exportAuditSchema>;

/** What a member of the account did at the door of the Hub. */
export const memberSignInSchema = z
  .object({
    id: idSchema,
    at: instantSchema,
    userId: userIdSchema,
    action: z.string().describe('Such as `access.signed-in` or `access.sign-in-refused`.'),
    ipHash: z.string().nullable().describe('The same for the same address within one account; the address itself is not told.'),
  })
  .meta({ id: 'MemberSignIn' });
export type MemberSignIn = z.infer<typeof memberSignInSchema>;
export const listMemberSignInsSchema = z.strictObject({ ...pageInput });
export type ListMemberSignIns = z.infer<typeof listMemberSignInsSchema>;
export const memberSignInPageSchema = pageOf(memberSignInSchema);

export const auditErrors = defineErrors('audit', {
  'export-too-large': {
    kind: 'invalid',
    message: 'This export would have more than 50,000 lines. Narrow it with from and to; nothing was sent.',
  },
});
