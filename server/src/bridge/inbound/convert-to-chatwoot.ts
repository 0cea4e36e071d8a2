import { toChatwootMarkdown } from '#chatwoot';
import type { LaneMessage } from '../lanes/road.ts';

export interface ChatwootText {
  readonly text: string;
  /** What `fetchMedia` needs, when there is a file. */
  readonly media: {
    readonly source: Readonly<Record<string, unknown>>;
    readonly fileName: string | null;
    readonly mimeType: string | null;
    readonly voice: boolean;
  } | null;
}

/** What the agent will read. Kinds that cannot be shown in full say what they are, in one line. */
export function toChatwootText(message: LaneMessage): ChatwootText {
  const { content } = message;
  const said = textOf(content);
  const author = authorOf(content.author);
  const text = author && said ? `${author}\n${said}` : (author ?? said);
  if (content.kind !== 'media') return { text, media: null };
  return {
    text,
    media: {
      source: isRecord(content.source) ? content.source : {},
      fileName: typeof content.fileName === 'string' ? content.fileName : null,
      mimeType: typeof content.mimeType === 'string' ? content.mimeType : null,
      voice: content.media === 'voice',
    },
  };
}

function textOf(content: LaneMessage['content']): string {
  if (content.kind === 'text') return toChatwootMarkdown(String(content.text ?? ''));
  if (content.kind === 'media') return toChatwootMarkdown(String(content.caption ?? ''));
  const text = String(content.text ?? '').trim();
  return text ? `[${String(content.of)}] ${text}` : `[${String(content.of)}]`;
}

/** In a group every line says who wrote it. */
function authorOf(author: unknown): string | null {
  if (!isRecord(author)) return null;
  const parts = [author.phone, author.name].filter((part): part is string => typeof part === 'string' && part !== '');
  return parts.length > 0 ? `**${parts.join(' - ').replaceAll('*', '')}:**` : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
