import type { Clock } from '#platform/clock';
import type { Secret } from '#platform/crypto';
import type { HttpClient } from '#platform/http';
import type { Attempt } from '#platform/outcome';
import type { Capabilities } from './capabilities.ts';
import type { ConnectionReport } from './connection.ts';
import type { MediaKind, MediaSource } from './content.ts';
import type { ParsedWebhook } from './events.ts';
import type { ClientRef, GatewayMessageId, WhatsAppAddress } from './ids.ts';
import type { PairingInput, PairingStep } from './pairing.ts';

export interface ProviderTools {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** One configured server of a provider, with its admin credential. */
export interface ServerAddress {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly adminSecret: Secret;
}

/** One instance as its gateway knows it. */
export interface InstanceAddress {
  /** The gateway's name or id for it: what its URLs and lists use. */
  readonly externalId: string;
  readonly token: Secret;
}

export interface RemoteInstance {
  readonly externalId: string;
  readonly name: string;
  readonly report: ConnectionReport;
  /** Absent when the list does not give it (the instance then cannot be adopted). */
  readonly token?: Secret;
}

/** What the Hub asks a gateway to call. */
export interface WebhookTarget {
  /** Contains the secret path token. */
  readonly url: string;
}

export interface WebhookDelivery {
  /** Parsed JSON: any shape, hostile until proved otherwise. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface OutboundMedia {
  readonly media: MediaKind;
  readonly mimeType: string;
  readonly fileName: string;
  readonly sizeBytes: number | null;
  /** Each call opens a new read, so that a retry can start over. */
  open(): Promise<Attempt<AsyncIterable<Uint8Array>>>;
}

export interface OutboundMessage {
  readonly to: WhatsAppAddress;
  readonly ref: ClientRef;
  /** WhatsApp marks (`*bold*`), not Markdown. The caption when there is media. */
  readonly text: string;
  readonly media?: OutboundMedia;
  readonly quoted?: { readonly id: GatewayMessageId; readonly fromMe: boolean; readonly chat: WhatsAppAddress };
}

export interface Sent {
  readonly id: GatewayMessageId;
}

export type SentSearch =
  | { readonly found: 'yes'; readonly id: GatewayMessageId }
  | { readonly found: 'no' }
  | { readonly found: 'cannot-tell' };

/** The admin side of one provider server. */
export interface ProviderServer {
  /** Proves that the address answers as this provider and that the credential is good. */
  check(): Promise<Attempt<{ readonly version: string | null; readonly instances: number | null }>>;
  createInstance(input: { readonly name: string; readonly webhook: WebhookTarget }): Promise<Attempt<InstanceAddress>>;
  listInstances(): Promise<Attempt<readonly RemoteInstance[]>>;
}

interface RequiredOfSessions {
  /**
   * Sends one message. `certainty: 'unknown'` in the failure whenever bytes may have reached the gateway
   * and no answer proves that it did nothing.
   */
  send(message: OutboundMessage): Promise<Attempt<Sent>>;
  fetchMedia(source: MediaSource): Promise<Attempt<FetchedMedia>>;
  connect(input: PairingInput): Promise<Attempt<PairingStep>>;
  report(): Promise<Attempt<ConnectionReport>>;
  logOut(): Promise<Attempt<void>>;
  /** Gone already counts as success. */
  remove(): Promise<Attempt<void>>;
  /** Idempotent; keeps other people's webhooks where the gateway allows several. */
  setWebhook(target: WebhookTarget): Promise<Attempt<void>>;
}

export interface OptionalForSessions {
  /** Looks for a send that may have arrived. Called only after `unknown`, never in the normal course. */
  findSent(message: OutboundMessage, since: Date): Promise<Attempt<SentSearch>>;
  restart(): Promise<Attempt<void>>;
}

/** One instance: what the road sends through, and what the manager steers. */
export type Session = RequiredOfSessions & Partial<OptionalForSessions>;

/** A session that has what its provider's capability table claims. */
export type SessionOf<C extends Capabilities> = RequiredOfSessions &
  (C['findSent'] extends 'none' ? unknown : Pick<OptionalForSessions, 'findSent'>) &
  (C['restart'] extends true ? Pick<OptionalForSessions, 'restart'> : unknown);

export interface FetchedMedia {
  readonly mimeType: string;
  readonly fileName: string | null;
  readonly content: AsyncIterable<Uint8Array> | Uint8Array;
}

/** A kind of WhatsApp gateway. Stateless: what it needs comes in as arguments. */
export interface Provider {
  readonly id: string;
  readonly label: string;
  readonly capabilities: Capabilities;
  openServer(tools: ProviderTools, server: ServerAddress): ProviderServer;
  openSession(tools: ProviderTools, server: Pick<ServerAddress, 'baseUrl'>, instance: InstanceAddress): Session;
  /** Pure. Never throws: what it does not understand is `unrecognised`. */
  parseWebhook(delivery: WebhookDelivery): ParsedWebhook;
  /**
   * A copy of the body without the gateway's credentials, for storage. Pure; called before anything is stored or logged.
   */
  withoutSecrets(body: unknown): unknown;
  /**
   * What the sender offers as proof beside the secret address: false refuses the delivery.
   * An absent proof is accepted (some versions leave it out); a wrong one is not.
   */
  verifies(delivery: WebhookDelivery, instance: Pick<InstanceAddress, 'token'>): boolean;
}
