export type InstanceState = 'disconnected' | 'pairing' | 'connected' | 'logged-out';

export interface InstanceRow {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  state: InstanceState;
  /** Digits only. */
  phone: string | null;
  /** `data:image/png;base64,…`, while pairing. */
  qr: string | null;
  code: string | null;
  webhookUrl: string | null;
}

export const KINDS = [
  'text',
  'image',
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contact',
  'poll',
  'reaction',
  'edit',
  'removal',
] as const;
export type Kind = (typeof KINDS)[number];

export const RECEIPTS = ['sent', 'delivered', 'read', 'failed'] as const;
export type Receipt = (typeof RECEIPTS)[number];

export interface MediaRow {
  /** Of the file's bytes, for `GET /instances/:id/media/:media`. */
  readonly id: string;
  readonly mimeType: string;
  readonly fileName: string;
  readonly sizeBytes: number;
}

/** The optional parts are absent, not undefined: the row is the webhook's `message` too. */
export interface MessageRow {
  readonly id: string;
  readonly instance: string;
  readonly chat: string;
  readonly lid?: string;
  readonly group?: { readonly id: string; readonly name: string };
  readonly author?: { readonly address: string; readonly name: string };
  readonly name?: string;
  readonly fromMe: boolean;
  readonly viaApi: boolean;
  readonly ref?: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly kind: Kind;
  text?: string;
  readonly media?: MediaRow;
  readonly quotedId?: string;
  readonly targetId?: string;
  readonly emoji?: string;
  /** For the page: how far it got, and what later messages did to it. */
  receipt: Receipt | null;
  edited?: boolean;
  removed?: boolean;
  reactions?: Readonly<Record<string, string>>;
}
