import { z } from 'zod';
import { defineErrors } from './errors.ts';
import { accountIdSchema, instantSchema, pageInput, pageOf } from './ids.ts';

export const LOCALES = ['pt-BR', 'en'] as const;
export const ACCOUNT_STATUSES = ['active', 'suspended'] as const;

const nameSchema = z.string().trim().min(1).max(120);
const localeSchema = z.enum(LOCALES);
const timeZoneSchema = z.string().max(64).refine(isTimeZone, 'must be a time zone such as America/Sao_Paulo');

export const accountSchema = z
  .object({
    id: accountIdSchema,
    name: z.string(),
    locale: z.string(),
    timeZone: z.string(),
    status: z.enum(ACCOUNT_STATUSES).describe('A suspended account keeps everything and carries no messages.'),
    createdAt: instantSchema,
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof accountSchema>;

export const accountSummarySchema = z
  .object({
    id: accountIdSchema,
    name: z.string(),
    status: z.enum(ACCOUNT_STATUSES),
    member: z.boolean().describe('Whether the caller is a member. Operators also see accounts they are not.'),
  })
  .meta({ id: 'AccountSummary' });
export type AccountSummary = z.infer<typeof accountSummarySchema>;

export const createAccountSchema = z.strictObject({
  name: nameSchema,
  locale: localeSchema.optional(),
  timeZone: timeZoneSchema.optional(),
});
export type CreateAccount = z.infer<typeof createAccountSchema>;

export const listAccountsSchema = z.strictObject(pageInput);
export type ListAccounts = z.infer<typeof listAccountsSchema>;
export const accountPageSchema = pageOf(accountSummarySchema);

export const changeAccountSchema = z.strictObject({
  name: nameSchema.optional(),
  locale: localeSchema.optional(),
  timeZone: timeZoneSchema.optional(),
});
export type ChangeAccount = z.infer<typeof changeAccountSchema>;

export const accountErrors = defineErrors('accounts', {
  'not-found': { kind: 'not_found', message: 'No such account.' },
});

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
