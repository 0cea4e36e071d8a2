import { createChatwootClient } from '#chatwoot';
import type { ChatwootClient } from '#chatwoot';
import type { Clock } from '#platform/clock';
import type { KeyRing, Place, Secret } from '#platform/crypto';
import type { HttpClient } from '#platform/http';
import type { DeliveryFailure } from '#platform/outcome';
import { AppError } from '#platform/trpc';
import type { AccountContext } from '#platform/trpc';
import { chatwootErrors } from '@whatpro/sdk/contract';

export interface InboxTools {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly publicUrl: string;
  readonly changed: (accountId: string, inboxIds: readonly string[]) => void;
}

export type InboxesContext = AccountContext & { readonly tools: InboxTools };

export const linkTokenAt = (accountId: string, rowId: string): Place => ({ accountId, table: 'chatwoot_link', column: 'token', rowId });
export const webhookSecretAt = (accountId: string, rowId: string): Place => ({
  accountId,
  table: 'inbox',
  column: 'webhook_secret',
  rowId,
});

export const openChatwoot = (
  tools: Pick<InboxTools, 'http' | 'clock'>,
  link: { baseUrl: string; chatwootAccountId: number },
  token: Secret,
): ChatwootClient =>
  createChatwootClient({ http: tools.http, clock: tools.clock, baseUrl: link.baseUrl, chatwootAccountId: link.chatwootAccountId, token });

/** Chatwoot's failure as a refusal: what a person can do about it; the rest is for the log (SS-04). */
export function refusal(failure: DeliveryFailure): AppError {
  const details = { kind: failure.kind, detail: failure.detail };
  switch (failure.kind) {
    case 'credentials':
      return new AppError(chatwootErrors['token-refused'], { details });
    case 'blocked':
      return new AppError(chatwootErrors['address-not-allowed'], { details });
    case 'invalid-answer':
    case 'not-found':
    case 'rejected':
      return new AppError(chatwootErrors['not-chatwoot'], { details });
    default:
      return new AppError(chatwootErrors.unreachable, { details });
  }
}
