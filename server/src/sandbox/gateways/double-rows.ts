export type DoubleState = 'disconnected' | 'pairing' | 'connected' | 'logged-out';

/** A webhook as the instance keeps it; what only one vendor has is in `rest`. */
export interface Hook {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  /** In the vendor's spelling. */
  readonly events: readonly string[];
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface DoubleInstance {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  state: DoubleState;
  /** Digits only. */
  phone: string | null;
  /** `data:image/png;base64,…`, while pairing. */
  qr: string | null;
  code: string | null;
  /** QRs shown since pairing began. */
  shown: number;
  hooks: readonly Hook[];
}

export const SENT_KINDS = ['text', 'image', 'video', 'audio', 'voice', 'document', 'sticker'] as const;
export type SentKind = (typeof SENT_KINDS)[number];

/** What the Hub sent through the double. */
export interface SentMessage {
  readonly id: string;
  readonly instance: string;
  /** A whole WhatsApp address. */
  readonly chat: string;
  readonly kind: SentKind;
  readonly text: string;
  readonly ref: string | null;
  /** The vendor's mark beside the reference. */
  readonly source: string | null;
  readonly quotedId: string | null;
  readonly file: {
    readonly mimeType: string;
    readonly fileName: string | null;
    readonly sizeBytes: number;
    readonly sha256: string;
  } | null;
  /** Unix milliseconds. */
  readonly at: number;
}

export type DoubleReceipt = 'sent' | 'delivered' | 'read' | 'failed';
