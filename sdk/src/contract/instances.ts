import { z } from 'zod';
import { defineErrors } from './errors.ts';

export const PROVIDERS = ['evolution', 'uazapi', 'sandbox'] as const;
export const CONNECTION_STATES = [
  'disconnected',
  'connecting',
  'pairing',
  'connected',
  'logged-out',
  'hibernated',
  'removed',
  'unknown',
] as const;
export const SUGGESTED_ACTIONS = ['none', 'wait', 'pair-again', 'check-credentials', 'contact-support'] as const;
export const PEER_HEALTH = ['unknown', 'ok', 'unreachable', 'credentials', 'unavailable'] as const;

const name = z.string().trim().min(1).max(80);
const baseUrl = z
  .url({ protocol: /^https?$/ })
  .max(300)
  .transform((url) => url.replace(/\/+$/, ''));

/** One configured server of a provider. Its credential is never shown: only its last four characters. */
export const providerServerSchema = z.object({
  id: z.uuid(),
  provider: z.enum(PROVIDERS),
  name,
  baseUrl: z.string(),
  secretHint: z.string(),
  health: z.enum(PEER_HEALTH),
  version: z.string().nullable(),
  checkedAt: z.date().nullable(),
  createdAt: z.date(),
});
export type ProviderServer = z.infer<typeof providerServerSchema>;

export const createProviderServerSchema = z.strictObject({
  provider: z.enum(PROVIDERS),
  name,
  baseUrl,
  /** Evolution: the global `apikey`. Uazapi: the `admintoken`. */
  adminSecret: z.string().min(1).max(500),
});
export type CreateProviderServer = z.infer<typeof createProviderServerSchema>;

/** One WhatsApp number at a provider server. */
export const instanceSchema = z.object({
  id: z.uuid(),
  providerServerId: z.uuid(),
  provider: z.enum(PROVIDERS),
  name: z.string(),
  externalId: z.string(),
  state: z.enum(CONNECTION_STATES),
  action: z.enum(SUGGESTED_ACTIONS),
  reason: z.string().nullable(),
  /** Digits with country code, once the number is connected. */
  phone: z.string().nullable(),
  profileName: z.string().nullable(),
  inboxId: z.uuid().nullable(),
  stateAt: z.date(),
  createdAt: z.date(),
});
export type Instance = z.infer<typeof instanceSchema>;

export const createInstanceSchema = z.strictObject({
  providerServerId: z.uuid(),
  name: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,48}$/, 'Use 2 to 49 letters, digits, dashes or underscores.'),
});
export type CreateInstance = z.infer<typeof createInstanceSchema>;

export const connectInstanceSchema = z.strictObject({
  /** Asks for a pair code for this number (digits with country code) instead of a QR. */
  phone: z
    .string()
    .regex(/^\d{10,15}$/, 'Digits only, with country code.')
    .optional(),
});

/** What to show next while a number is being connected. */
export const pairingStepSchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('show-qr'), qr: z.string(), expiresInSeconds: z.number().int() }),
  z.object({ step: z.literal('show-code'), code: z.string(), expiresInSeconds: z.number().int() }),
  z.object({ step: z.literal('wait'), pollInSeconds: z.number().int() }),
  z.object({ step: z.literal('done'), phone: z.string().optional() }),
]);
export type PairingStepView = z.infer<typeof pairingStepSchema>;

export const instanceErrors = defineErrors('instances', {
  'not-found': { kind: 'not_found', message: 'There is no such instance.' },
  'server-not-found': { kind: 'not_found', message: 'There is no such provider server.' },
  'name-taken': { kind: 'conflict', message: 'This name is in use here already. Nothing was changed; choose another name.' },
  'server-in-use': { kind: 'precondition', message: 'This provider server still has instances. Delete them first; nothing was changed.' },
  linked: { kind: 'precondition', message: 'This instance is linked to an inbox. Unlink it first; nothing was changed.' },
  'not-supported': { kind: 'precondition', message: 'The provider of this instance cannot do that. Nothing was changed.' },
  'peer-unreachable': {
    kind: 'unavailable',
    message: 'The provider server could not be reached. Nothing was changed; check its address and try again.',
  },
  'peer-credentials': {
    kind: 'precondition',
    message: 'The provider server does not accept this credential. Nothing was changed; check the credential.',
  },
  'peer-refused': { kind: 'precondition', message: 'The provider server refused. Nothing was changed; see the details and try again.' },
  'address-not-allowed': {
    kind: 'precondition',
    message:
      'This address is not allowed: only public https addresses are. The operator can allow private ones (HUB_EGRESS_ALLOW_HOSTS, HUB_EGRESS_ALLOW_CIDRS). Nothing was changed.',
  },
});
