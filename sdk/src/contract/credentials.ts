import { z } from 'zod';
import { defineErrors } from './errors.ts';
import { accountIdSchema, idSchema, instantSchema, pageInput, pageOf, userIdSchema } from './ids.ts';
import { PERMISSIONS, type Permission } from './permissions.ts';

/** What a key or an instance token may be given. Making credentials and changing people and settings is for people alone. */
export const CREDENTIAL_SCOPES = [
  'account:read',
  'members:read',
  'provider-servers:read',
  'provider-servers:write',
  'instances:read',
  'instances:write',
  'chatwoot:read',
  'chatwoot:write',
  'inboxes:read',
  'inboxes:write',
  'messages:read',
  'dead-letters:read',
  'dead-letters:write',
  'audit:read',
  'api-keys:read',
  'instance-tokens:read',
  'teams:read',
  'settings:read',
] as const satisfies readonly Permission[];

const scopesSchema = z
  .array(z.enum(CREDENTIAL_SCOPES))
  .min(1)
  .max(CREDENTIAL_SCOPES.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice');

export const API_KEY_STATES = ['active', 'rotated', 'expired', 'revoked'] as const;

export const apiKeySchema = z
  .object({
    id: idSchema,
    name: z.string(),
    hint: z.string().describe('The beginning and the last four characters, for telling keys apart.'),
    scopes: z.array(z.enum(PERMISSIONS)),
    perMinute: z.int().describe('Operations in a minute; each item of a batch is one.'),
    createdBy: userIdSchema.describe('Whose rights the key never exceeds.'),
    state: z.enum(API_KEY_STATES).describe('`rotated`: replaced by another key and good until it expires.'),
    expiresAt: instantSchema,
    rotatedTo: idSchema.nullable(),
    lastUsedAt: instantSchema.nullable().describe('To the minute.'),
    createdAt: instantSchema,
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof apiKeySchema>;

export const madeApiKeySchema = apiKeySchema
  .extend({ key: z.string().describe('The key itself. It is shown this once.') })
  .meta({ id: 'MadeApiKey' });
export type MadeApiKey = z.infer<typeof madeApiKeySchema>;

export const createApiKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  scopes: scopesSchema,
  expiresInDays: z.int().min(1).max(365).default(365),
  perMinute: z.int().min(1).max(6_000).default(600),
});
export type CreateApiKey = z.infer<typeof createApiKeySchema>;

export const rotateApiKeySchema = z.strictObject({
  id: idSchema,
  overlapHours: z.int().min(0).max(72).default(24).describe('How long the old key stays good.'),
});
export type RotateApiKey = z.infer<typeof rotateApiKeySchema>;

export const listApiKeysSchema = z.strictObject(pageInput);
export type ListApiKeys = z.infer<typeof listApiKeysSchema>;
export const apiKeyPageSchema = pageOf(apiKeySchema);

export const instanceTokenSchema = z
  .object({
    id: idSchema,
    instanceId: idSchema.nullable(),
    origin: z.string().nullable(),
    scopes: z.array(z.enum(PERMISSIONS)),
    issuedTo: z.string().describe('Who asked for it, as `user:<id>`.'),
    state: z.enum(['active', 'expired', 'revoked']),
    expiresAt: instantSchema,
    createdAt: instantSchema,
  })
  .meta({ id: 'InstanceToken' });
export type InstanceTokenView = z.infer<typeof instanceTokenSchema>;

export const issueInstanceTokenSchema = z.strictObject({
  instanceId: idSchema.optional().describe('Absent: the whole account, within the scopes.'),
  origin: z
    .string()
    .max(300)
    .regex(/^https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/, 'must be an origin such as https://chat.example.com')
    .optional()
    .describe('The only web origin it is good from, such as `https://chat.example.com`.'),
  scopes: scopesSchema.optional().describe('Absent: reading instances, inboxes and messages.'),
  ttlSeconds: z.int().min(30).max(900).default(300),
});
export type IssueInstanceToken = z.infer<typeof issueInstanceTokenSchema>;

export const issuedInstanceTokenSchema = z
  .object({ id: idSchema, token: z.string(), expiresAt: instantSchema, scopes: z.array(z.enum(PERMISSIONS)) })
  .meta({ id: 'IssuedInstanceToken' });
export type IssuedInstanceToken = z.infer<typeof issuedInstanceTokenSchema>;

export const listInstanceTokensSchema = z.strictObject(pageInput);
export type ListInstanceTokens = z.infer<typeof listInstanceTokensSchema>;
export const instanceTokenPageSchema = pageOf(instanceTokenSchema);

/** Whatever is wrong with a token, the answer is the same. */
export const validatedInstanceTokenSchema = z
  .union([
    z.object({ active: z.literal(false) }),
    z.object({
      active: z.literal(true),
      id: idSchema,
      accountId: accountIdSchema,
      instanceId: idSchema.nullable(),
      origin: z.string().nullable(),
      scopes: z.array(z.enum(PERMISSIONS)),
      expiresAt: instantSchema,
    }),
  ])
  .meta({ id: 'ValidatedInstanceToken' });
export type ValidatedInstanceToken = z.infer<typeof validatedInstanceTokenSchema>;

export const credentialErrors = defineErrors('credentials', {
  'key-not-found': { kind: 'not_found', message: 'No such API key.' },
  'key-not-active': {
    kind: 'conflict',
    message: 'This key was revoked, has expired or was rotated before. Nothing was changed; make a new key.',
  },
  'token-not-found': { kind: 'not_found', message: 'No such instance token.' },
  'instance-not-found': { kind: 'not_found', message: 'No such instance. No token was made.' },
  'beyond-your-rights': {
    kind: 'forbidden',
    message: 'You cannot give away what you may not do yourself; see the issues. Nothing was made.',
  },
});
