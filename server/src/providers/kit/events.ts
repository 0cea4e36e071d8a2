import type { ConnectionReport } from './connection.ts';
import type { MessageContent } from './content.ts';
import type { ClientRef, GatewayMessageId, WhatsAppAddress } from './ids.ts';

/**
 * Who wrote it. `contact`: someone outside. `own-device`: the company's own phone, or another program on the same
 * instance. `hub`: the echo of what this Hub sent.
 */
export type Origin = 'contact' | 'own-device' | 'hub';

export interface Chat {
  readonly kind: 'person' | 'group';
  /** Every name the payload gives for the other side, best first (phone before LID). Never the company's own. */
  readonly addresses: readonly [WhatsAppAddress, ...WhatsAppAddress[]];
  /** The other side's display name, when the payload has one that belongs to them: never from an own-device message. */
  readonly name?: string;
}

interface InChat {
  readonly chat: Chat;
  readonly origin: Origin;
  readonly at: Date;
  /** Groups only: who in the group. */
  readonly author?: { readonly addresses: readonly WhatsAppAddress[]; readonly name?: string };
}

export type ProviderEvent =
  | ({
      readonly type: 'message';
      readonly id: GatewayMessageId;
      readonly content: MessageContent;
      readonly quotedId?: GatewayMessageId;
      /** Set when the gateway carried our reference back: the message is the echo of that send. */
      readonly clientRef?: ClientRef;
    } & InChat)
  | ({ readonly type: 'edit'; readonly targetId: GatewayMessageId; readonly text: string } & InChat)
  | ({
      readonly type: 'reaction';
      readonly targetId: GatewayMessageId;
      /** Null when the reaction was taken back. */
      readonly emoji: string | null;
    } & InChat)
  | ({ readonly type: 'removal'; readonly targetId: GatewayMessageId } & InChat)
  | { readonly type: 'removed'; readonly targetIds: readonly GatewayMessageId[]; readonly at: Date }
  | {
      readonly type: 'receipt';
      readonly ids: readonly GatewayMessageId[];
      readonly receipt: Receipt;
      readonly at: Date;
    }
  | { readonly type: 'typing'; readonly chat: Chat; readonly state: 'composing' | 'recording' | 'paused' }
  | { readonly type: 'connection'; readonly report: ConnectionReport }
  | ({ readonly type: 'call'; readonly id: string; readonly status: string; readonly video: boolean } & InChat)
  /** Understood, and nothing to do (contact lists, labels, history of chats). */
  | { readonly type: 'ignored'; readonly why: string };

export type Receipt = 'failed' | 'sent' | 'delivered' | 'read';

export interface ParsedWebhook {
  /**
   * The same fact has the same key however often and in whatever dressing it is delivered
   * (`message|<id>`, `receipt|read|<id>`, `connection|open|<hash>`). At most 200 characters. Built by `eventKey`.
   */
  readonly key: string;
  /**
   * True when the payload has nothing that tells one occurrence from the next (a second `connected` looks like the first):
   * the key is good against an immediate repetition, and must not swallow what comes hours later.
   */
  readonly recurring?: true;
  /** Empty is not allowed: what is not understood is `unrecognised`. */
  readonly events: readonly [ProviderEvent, ...ProviderEvent[]] | { readonly unrecognised: string };
}
