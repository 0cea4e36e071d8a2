/** `fallback`: arrives as a short notice. `none`: the gateway cannot. */
export type Level = 'full' | 'partial' | 'fallback' | 'none';

export const CONTENT_KINDS = [
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
  'list',
  'reaction',
  'edit',
  'removal',
  'quote',
] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

export interface Capabilities {
  readonly inbound: Readonly<Record<ContentKind, Level>>;
  readonly outbound: Readonly<Record<ContentKind, Level>>;
  readonly receipts: Readonly<Record<'sent' | 'delivered' | 'read', Level>>;
  readonly pairing: { readonly qr: boolean; readonly code: boolean };
  readonly restart: boolean;
  /** Whether a send that may have arrived can be looked up: by our reference, by searching, or not at all. */
  readonly findSent: 'by-reference' | 'by-search' | 'none';
  readonly limits: { readonly maxTextLength: number; readonly maxMediaBytes: number; readonly maxCaptionLength: number };
}
