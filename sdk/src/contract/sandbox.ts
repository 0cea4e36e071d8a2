import { z } from 'zod';

/** How the sandbox page reaches the pretend phone and the pretend Chatwoot, on the Hub's own origin. */
export const sandboxKeysSchema = z.object({
  accountId: z.uuid(),
  instanceId: z.uuid(),
  inboxId: z.uuid(),
  /** Paths such as `/sandbox/chatwoot`; below each, `/ui/…` with the header `x-sandbox-ui`. */
  chatwootUrl: z.string(),
  gatewayUrl: z.string(),
  uiKey: z.string(),
  /** The instance's id at the sandbox gateway. */
  gatewayInstanceId: z.string(),
  /** The Chatwoot account and inbox numbers of the sandbox. */
  chatwootAccountId: z.number().int(),
  chatwootInboxId: z.number().int(),
});
export type SandboxKeys = z.infer<typeof sandboxKeysSchema>;
