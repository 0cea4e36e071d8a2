import { z } from 'zod';
import { defineErrors } from './errors.ts';
import { PEER_HEALTH } from './instances.ts';

/** An account's tie to one Chatwoot account. Its token is never shown: only its last four characters. */
export const chatwootLinkSchema = z.object({
  id: z.uuid(),
  baseUrl: z.string(),
  chatwootAccountId: z.number().int(),
  name: z.string(),
  secretHint: z.string(),
  health: z.enum(PEER_HEALTH),
  checkedAt: z.date().nullable(),
  createdAt: z.date(),
});
export type ChatwootLink = z.infer<typeof chatwootLinkSchema>;

export const createChatwootLinkSchema = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .transform((url) => url.replace(/\/+$/, '')),
  chatwootAccountId: z.number().int().positive(),
  /** An administrator's access token: Profile settings → Access token. */
  token: z.string().trim().min(8).max(500),
});
export type CreateChatwootLink = z.infer<typeof createChatwootLinkSchema>;

/** An inbox as Chatwoot has it, before it is linked. */
export const remoteInboxSchema = z.object({
  chatwootInboxId: z.number().int(),
  name: z.string(),
  channelType: z.string(),
  /** Only inboxes of the API channel can carry a WhatsApp instance. */
  linkable: z.boolean(),
});

/** A mirrored Chatwoot inbox and the instance it carries. */
export const inboxSchema = z.object({
  id: z.uuid(),
  chatwootLinkId: z.uuid(),
  chatwootInboxId: z.number().int(),
  name: z.string(),
  instanceId: z.uuid().nullable(),
  /** Whether Chatwoot signs its deliveries (from 4.13); otherwise the secret address is the only proof. */
  signed: z.boolean(),
  createdAt: z.date(),
});
export type Inbox = z.infer<typeof inboxSchema>;

/** Picks an inbox of Chatwoot (`chatwootInboxId`) or makes one (`inboxName`). Exactly one of the two. */
export const linkInboxSchema = z
  .strictObject({
    instanceId: z.uuid(),
    chatwootLinkId: z.uuid(),
    chatwootInboxId: z.number().int().positive().optional(),
    inboxName: z.string().trim().min(1).max(80).optional(),
  })
  .refine((input) => (input.chatwootInboxId === undefined) !== (input.inboxName === undefined), {
    message: 'Give chatwootInboxId to pick an inbox, or inboxName to make one: exactly one of the two.',
  });

export const chatwootErrors = defineErrors('chatwoot', {
  'link-not-found': { kind: 'not_found', message: 'There is no such Chatwoot link.' },
  'inbox-not-found': { kind: 'not_found', message: 'There is no such inbox.' },
  'already-linked': { kind: 'conflict', message: 'This Chatwoot account is linked already. Nothing was changed.' },
  'link-in-use': { kind: 'precondition', message: 'This Chatwoot link still has inboxes. Unlink them first; nothing was changed.' },
  'instance-linked': { kind: 'conflict', message: 'This instance carries another inbox already. Unlink it first; nothing was changed.' },
  'inbox-taken': { kind: 'conflict', message: 'This inbox carries another instance already. Unlink it first; nothing was changed.' },
  'not-api-inbox': {
    kind: 'precondition',
    message: 'Only inboxes of the API channel can carry a WhatsApp instance. Choose one, or let the Hub make it.',
  },
  'not-administrator': {
    kind: 'precondition',
    message: 'This token is not an administrator of that Chatwoot account. Nothing was stored; use an administrator’s access token.',
  },
  'token-refused': {
    kind: 'precondition',
    message: 'Chatwoot does not accept this token. Nothing was stored; copy the access token again from the profile settings.',
  },
  unreachable: {
    kind: 'unavailable',
    message: 'Chatwoot could not be reached at this address. Nothing was stored; check the address and try again.',
  },
  'not-chatwoot': {
    kind: 'precondition',
    message: 'Something answered at this address, but not as Chatwoot does. Nothing was stored; check the address.',
  },
  'address-not-allowed': {
    kind: 'precondition',
    message:
      'This address is not allowed: only public https addresses are. The operator can allow private ones (HUB_EGRESS_ALLOW_HOSTS, HUB_EGRESS_ALLOW_CIDRS). Nothing was stored.',
  },
});
