import { delimiterRunAt, pairRuns, writePieces, type DelimiterRun, type Piece } from './emphasis.ts';
import { keptSpanAt } from './kept-spans.ts';

const ESCAPABLE = /[!-/:-@[-`{-~]/;
const BLOCK = /^```[^\n`]*\n([\s\S]*?)\n?^```[ \t]*$/gm;
const LIST_ITEM = /^([ \t]*)[*+]( +)(?=\S)/gm;
const LINK = /!?\[((?:\\.|[^\][\\\n])*)\]\((?:<([^<>\n]*)>|((?:\\.|[^\s()\\]|\([^\s()]*\))*))(?:\s+"[^"\n]*")?\)/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:)[^\s<>]+)>/iy;
const CODE = /(`{1,3})[^`\n]+\1/y;
const PARAGRAPH_END = /(\n[ \t]*\n\s*)/;
const MARKED = /[*_~`[\\<]|^[ \t]*\+ /m;

/** Chatwoot Markdown as WhatsApp writes it. What carries no mark comes back unchanged. */
export function toWhatsAppMarks(markdown: string): string {
  if (!MARKED.test(markdown)) return markdown;
  let out = '';
  let from = 0;
  for (const block of markdown.matchAll(BLOCK)) {
    out += prose(markdown.slice(from, block.index));
    // The language after the fence would show on the phone.
    out += `\`\`\`\n${block[1] ?? ''}\n\`\`\``;
    from = block.index + block[0].length;
  }
  return out + prose(markdown.slice(from));
}

/** Emphasis never spans paragraphs, so each is read on its own. */
function prose(text: string): string {
  return text
    .replace(LIST_ITEM, '$1-$2')
    .split(PARAGRAPH_END)
    .map((part, index) => (index % 2 === 0 ? paragraph(part) : part))
    .join('');
}

function paragraph(text: string): string {
  const pieces: Piece[] = [];
  const runs: DelimiterRun[] = [];
  let words = '';
  const flush = (): void => {
    if (words !== '') pieces.push({ text: words });
    words = '';
  };
  for (let at = 0; at < text.length;) {
    const run = delimiterRunAt(text, at);
    if (run !== null) {
      flush();
      pieces.push(run);
      runs.push(run);
      at += run.left;
      continue;
    }
    const span = escaped(text, at) ?? kept(text, at) ?? code(text, at) ?? link(text, at);
    words += span?.shown ?? text.charAt(at);
    at += span?.taken ?? 1;
  }
  flush();
  pairRuns(runs);
  return writePieces(pieces);
}

interface Span {
  readonly shown: string;
  readonly taken: number;
}

function escaped(text: string, at: number): Span | null {
  if (text[at] !== '\\') return null;
  const next = text.charAt(at + 1);
  return next === '\n' || ESCAPABLE.test(next) ? { shown: next, taken: 2 } : null;
}

function kept(text: string, at: number): Span | null {
  const taken = keptSpanAt(text, at);
  return taken === 0 ? null : { shown: text.slice(at, at + taken), taken };
}

function code(text: string, at: number): Span | null {
  if (text[at] !== '`') return null;
  CODE.lastIndex = at;
  const found = CODE.exec(text)?.[0];
  return found === undefined ? null : { shown: found, taken: found.length };
}

function link(text: string, at: number): Span | null {
  if (text[at] === '<') {
    AUTOLINK.lastIndex = at;
    const found = AUTOLINK.exec(text);
    return found === null ? null : { shown: (found[1] ?? '').replace(/^mailto:/i, ''), taken: found[0].length };
  }
  if (text[at] !== '[' && !(text[at] === '!' && text[at + 1] === '[')) return null;
  LINK.lastIndex = at;
  const found = LINK.exec(text);
  if (found === null) return null;
  const target = (found[2] ?? found[3] ?? '').replace(/\\([!-/:-@[-`{-~])/g, '$1');
  return { shown: linkText(paragraph(found[1] ?? ''), target), taken: found[0].length };
}

function linkText(label: string, target: string): string {
  // A colleague mentioned in a note: an address that means nothing to a customer.
  if (target === '' || target.startsWith('mention://')) return label;
  const shown = target.replace(/^(?:mailto|tel):/i, '');
  return label === '' || label === target || label === shown ? shown : `${label}: ${shown}`;
}
