import type { ChatwootClient } from '#chatwoot';
import type { Provider, Session } from '#provider-kit';
import type { Secret } from '#platform/crypto';

/** Everything static that a message of one instance needs on its way: both peers, opened, and the inbox between them. */
export interface Route {
  readonly accountId: string;
  /** The account's language, for what agents read. */
  readonly locale: string;
  readonly instance: { readonly id: string; readonly name: string; readonly phone: string | null; readonly token: Secret };
  readonly provider: Provider;
  readonly session: Session;
  /** Null until the instance is linked: inbound messages wait in their lanes. */
  readonly inbox: {
    readonly id: string;
    readonly chatwootInboxId: number;
    readonly webhookSecret: Secret | null;
    readonly client: ChatwootClient;
  } | null;
}

export type FindRouteOfInbox = (accountId: string, inboxId: string) => Promise<Route | null>;
export type FindRoute = (accountId: string, instanceId: string) => Promise<Route | null>;
