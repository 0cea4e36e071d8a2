import { z } from 'zod';
import { defineErrors } from './errors.ts';
import { accountIdSchema, idSchema, instantSchema, pageOf } from './ids.ts';

/** What an account may have only so many of. */
export const LIMIT_NAMES = ['members', 'teams', 'provider-servers', 'instances', 'inboxes', 'api-keys', 'origins'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** What an account may use at all. */
export const FEATURE_NAMES = ['api-keys', 'instance-tokens', 'teams', 'dead-letter-replay', 'audit-export'] as const;
export type FeatureName = (typeof FEATURE_NAMES)[number];

export const LIMIT_MOST = 1_000_000;
export const ORIGIN_LENGTH = 300;

export const limitSchema = z
  .object({
    name: z.enum(LIMIT_NAMES),
    used: z.int().describe('How many there are. More than `max` after a limit was lowered: nothing is removed then.'),
    max: z.int(),
  })
  .meta({ id: 'Limit' });
export type Limit = z.infer<typeof limitSchema>;

export const featureSchema = z.object({ name: z.enum(FEATURE_NAMES), enabled: z.boolean() }).meta({ id: 'Feature' });
export type Feature = z.infer<typeof featureSchema>;

export const originSchema = z
  .object({
    id: idSchema,
    origin: z.string().describe('A web origin, such as `https://chat.example.com`.'),
    createdAt: instantSchema,
  })
  .meta({ id: 'Origin' });
export type Origin = z.infer<typeof originSchema>;
export const originPageSchema = pageOf(originSchema);

export const accountSettingsSchema = z
  .object({ limits: z.array(limitSchema), features: z.array(featureSchema), origins: z.array(originSchema) })
  .meta({ id: 'AccountSettings' });
export type AccountSettings = z.infer<typeof accountSettingsSchema>;

const max = z.int().min(0).max(LIMIT_MOST).nullable();

/** Names that are not given stay as they are; null goes back to the default. */
export const changeLimitsSchema = z.strictObject({
  accountId: accountIdSchema,
  limits: z.strictObject({
    members: max.optional(),
    teams: max.optional(),
    'provider-servers': max.optional(),
    instances: max.optional(),
    inboxes: max.optional(),
    'api-keys': max.optional(),
    origins: max.optional(),
  } satisfies Record<LimitName, z.ZodType>),
});
export type ChangeLimits = z.infer<typeof changeLimitsSchema>;

const enabled = z.boolean().nullable();

export const changeFeaturesSchema = z.strictObject({
  accountId: accountIdSchema,
  features: z.strictObject({
    'api-keys': enabled.optional(),
    'instance-tokens': enabled.optional(),
    teams: enabled.optional(),
    'dead-letter-replay': enabled.optional(),
    'audit-export': enabled.optional(),
  } satisfies Record<FeatureName, z.ZodType>),
});
export type ChangeFeatures = z.infer<typeof changeFeaturesSchema>;

export const addOriginSchema = z.strictObject({ origin: z.string().min(1).max(ORIGIN_LENGTH) });
export type AddOrigin = z.infer<typeof addOriginSchema>;

const reached = (things: string) =>
  ({
    kind: 'limit_reached',
    status: 403,
    message: `This account has as many ${things} as it may have. Nothing was added; remove one, or ask the operator for more.`,
  }) as const;

/** One entry per limit, so that its code names the limit that was reached. */
export const limitErrors = defineErrors('limits', {
  members: reached('members and open invitations'),
  teams: reached('teams'),
  'provider-servers': reached('provider servers'),
  instances: reached('instances'),
  inboxes: reached('linked inboxes'),
  'api-keys': reached('API keys'),
  origins: reached('origins'),
} satisfies Record<LimitName, unknown>);

export const settingsErrors = defineErrors('settings', {
  'origin-not-valid': {
    kind: 'invalid',
    message:
      'This is not an origin. Write scheme and host only, such as https://chat.example.com: https, no path, no wildcard. Nothing was added.',
  },
  'origin-taken': { kind: 'conflict', message: 'This origin is listed already. Nothing was changed.' },
  'origin-not-found': { kind: 'not_found', message: 'There is no such origin.' },
  'feature-off': { kind: 'forbidden', message: 'This account does not have this feature. Nothing was changed; ask the operator.' },
});
