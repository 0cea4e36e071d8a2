const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Whether some object in a JSON text has a member twice. `JSON.parse` keeps the last one and a proxy in front may have judged
 * the first (SECURITY.md HT-04). For a text that is not JSON the answer means nothing.
 */
export function hasDuplicateKeys(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
        open.push(new Set());
        break;
      case '[':
        open.push(null);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"': {
        const end = endOfString(text, at);
        const members = open.at(-1);
        if (members && text.charCodeAt(afterSpace(text, end + 1)) === COLON) {
          const key = nameIn(text.slice(at, end + 1));
          if (members.has(key)) return true;
          members.add(key);
        }
        at = end;
        break;
      }
      default:
        break;
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (/[\t\n\r ]/.test(text[at] ?? '')) at += 1;
  return at;
}

/** `"a"` and `"\u0061"` are one name. */
function nameIn(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}
