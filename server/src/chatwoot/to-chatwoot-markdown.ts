import { isSpace, isWordChar, keptSpanAt } from './kept-spans.ts';

const CODE = /```[\s\S]+?```|`[^`\n]+`/y;
const TO_CHATWOOT: Readonly<Record<string, string>> = { '*': '**', _: '*', '~': '~~' };
const MARKED = /[*_~]/;

/** What a person wrote on WhatsApp as Chatwoot Markdown. What carries no mark comes back unchanged. */
export function toChatwootMarkdown(text: string): string {
  if (!MARKED.test(text)) return text;
  const out: string[] = [];
  /** Per sign, where in `out` the marks stand that may still be closed on this line. */
  let open = new Map<string, number[]>();
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    const whole = keptSpanAt(text, at) || codeLength(text, at);
    if (whole > 0) {
      out.push(text.slice(at, at + whole));
      at += whole;
      continue;
    }
    if (char === '\n') open = new Map();
    const mark = TO_CHATWOOT[char];
    if (mark !== undefined && isAlone(text, at)) {
      const opener = closes(text, at) ? open.get(char)?.at(-1) : undefined;
      if (opener !== undefined && opener < out.length - 1) {
        out[opener] = mark;
        out.push(mark);
        dropFrom(open, opener);
        at += 1;
        continue;
      }
      if (opens(text, at)) open.set(char, [...(open.get(char) ?? []).slice(-MOST_OPEN), out.length]);
    }
    out.push(char);
    at += 1;
  }
  return out.join('');
}

const MOST_OPEN = 16;

/** What opened inside a closed pair can no longer close outside of it. */
function dropFrom(open: ReadonlyMap<string, number[]>, index: number): void {
  for (const places of open.values()) {
    while ((places.at(-1) ?? -1) >= index) places.pop();
  }
}

function codeLength(text: string, at: number): number {
  if (text[at] !== '`') return 0;
  CODE.lastIndex = at;
  return CODE.exec(text)?.[0].length ?? 0;
}

/** WhatsApp's marks are single signs: `**x**` is no mark there. */
function isAlone(text: string, at: number): boolean {
  return text[at - 1] !== text[at] && text[at + 1] !== text[at];
}

function opens(text: string, at: number): boolean {
  return !isSpace(text, at + 1) && (at === 0 || !isWordChar(text, at - 1));
}

function closes(text: string, at: number): boolean {
  return at > 0 && !isSpace(text, at - 1) && !isWordChar(text, at + 1);
}
