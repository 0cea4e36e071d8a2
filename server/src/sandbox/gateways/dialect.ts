import type { Clock } from '#platform/clock';
import type { FaultChange } from '../wire/faults.ts';
import type { Routes } from '../wire/router.ts';
import type { AllowedOrigins } from '../wire/webhook-sender.ts';
import type { CAPTURED_TOKENS } from './captured-messages.ts';
import type { DoubleInstance, DoubleReceipt, Hook, SentMessage } from './double-rows.ts';
import type { SampleFile } from './sample-files.ts';

export interface GatewayDoubleOptions {
  /** Uazapi: the `admintoken`. Evolution: the global `apikey`. */
  readonly adminKey: string;
  /** Where others reach it, without a trailing slash. */
  readonly baseUrl: () => string;
  /** Opens `/ui/` to requests with `x-sandbox-ui: <key>`. */
  readonly uiKey?: string | undefined;
  /** Opens `/__control` and `/__journal` to everyone who reaches it. */
  readonly controls?: boolean;
  readonly stateFile?: string | undefined;
  readonly journalFile?: string | undefined;
  /** When set, webhooks go to these origins only. */
  readonly webhookOrigins?: AllowedOrigins;
  /** Default 20 and 60 ms after an accepted send. Null: none come by themselves. */
  readonly receipts?: { readonly sentAfterMs: number; readonly deliveredAfterMs: number } | null;
  /** Whether an accepted send comes back as a webhook. Default true. */
  readonly echoSends?: boolean;
  /** Phones (digits) that WhatsApp does not know. */
  readonly notOnWhatsApp?: readonly string[];
  readonly faults?: FaultChange;
  readonly clock?: Clock;
}

/** What two vendors do differently. */
export interface Dialect {
  readonly vendor: keyof typeof CAPTURED_TOKENS;
  readonly routes: (board: Switchboard) => Routes;
  readonly headers: Readonly<Record<string, string>>;
  envelope(instance: DoubleInstance, hook: Hook, baseUrl: string, at: Date): Readonly<Record<string, unknown>>;
  /** Whether this address asked for this event. */
  wants(hook: Hook, body: Readonly<Record<string, unknown>>): boolean;
  echoOf(instance: DoubleInstance, message: SentMessage): Readonly<Record<string, unknown>>;
  receiptsOf(
    instance: DoubleInstance,
    ids: readonly string[],
    receipt: DoubleReceipt,
    at: Date,
  ): readonly Readonly<Record<string, unknown>>[];
  connectionOf(instance: DoubleInstance): readonly Readonly<Record<string, unknown>>[];
}

/** The instances of one double, what was sent through them, and their webhooks: what its answers work with. */
export interface Switchboard {
  readonly instances: () => readonly DoubleInstance[];
  readonly isAdmin: (offered: unknown) => boolean;
  readonly holdsToken: (instance: DoubleInstance, offered: unknown) => boolean;
  add(name: string, token: string | null): DoubleInstance;
  remove(instance: DoubleInstance): void;
  keep(instance: DoubleInstance): void;
  startPairing(instance: DoubleInstance, phone: string | null): void;
  /** The same QR once more. */
  showAgain(instance: DoubleInstance): void;
  logOut(instance: DoubleInstance): void;
  /** Why a send to this address cannot be done now. */
  refusal(instance: DoubleInstance, chat: string): 'not-connected' | 'not-on-whatsapp' | 'planned' | null;
  accept(
    instance: DoubleInstance,
    message: Omit<SentMessage, 'id' | 'instance' | 'at' | 'file'>,
    id: string | null,
    file: OfferedFile | null,
  ): SentMessage;
  readonly sent: (instance: DoubleInstance) => readonly SentMessage[];
  readonly fileOf: (messageId: string) => SampleFile | null;
  readonly baseUrl: () => string;
  byName(name: string): DoubleInstance | undefined;
  scan(instance: DoubleInstance, phone: string | null): void;
  /** Gives the number of addresses it goes to. */
  post(instance: DoubleInstance, body: Readonly<Record<string, unknown>>): number;
  giveReceipt(instance: DoubleInstance, ids: readonly string[], receipt: DoubleReceipt): void;
  keepFile(messageId: string, file: SampleFile): void;
  close(): void;
}

export interface OfferedFile {
  readonly mimeType: string;
  readonly fileName: string | null;
  readonly bytes: Buffer;
}
