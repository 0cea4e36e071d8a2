export type MediaKind = 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker';

/**
 * What a message carries. A kind the Hub cannot show in full becomes a `notice`: a short line that the agent sees,
 * while the raw event is kept.
 */
export type MessageContent =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'media';
      readonly media: MediaKind;
      readonly caption?: string;
      readonly fileName?: string;
      readonly mimeType?: string;
      readonly sizeBytes?: number;
      /** Opaque to everyone but the provider: what its `fetchMedia` needs. JSON, at most 8 KB, no secret. */
      readonly source: MediaSource;
    }
  /** `of` is a short word in English (`poll`, `location`, `contact`, `reaction`, `call` …); `text` what can be said in one line. */
  | { readonly kind: 'notice'; readonly of: string; readonly text: string };

export type MediaSource = Readonly<Record<string, unknown>>;
