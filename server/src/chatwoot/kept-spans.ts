const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>]+/iy;
const TEMPLATE = /\{\{[^{}\n]*\}\}/y;
const TRAILING_MARKS = /[*_~`.,;:!?)\]'"]+$/;
const WORD = /[\p{L}\p{N}]/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;

/** What no mark is ever read in: `{{…}}` and addresses. The length of the one that starts at `at`, or 0. */
export function keptSpanAt(text: string, at: number): number {
  const char = text.charCodeAt(at);
  if (char === 0x7b) {
    TEMPLATE.lastIndex = at;
    return TEMPLATE.exec(text)?.[0].length ?? 0;
  }
  const letter = char | 0x20;
  // `h` or `w`, at the start of a word.
  if ((letter !== 0x68 && letter !== 0x77) || (at > 0 && isWordChar(text, at - 1))) return 0;
  ADDRESS.lastIndex = at;
  const found = ADDRESS.exec(text)?.[0];
  // Marks and punctuation at the end belong to the sentence: `*https://example.com*`.
  return found === undefined ? 0 : found.replace(TRAILING_MARKS, '').length;
}

/** Half of a surrogate pair counts as none: letters outside the base plane are rare, emoji are not. */
export function isWordChar(text: string, at: number): boolean {
  return WORD.test(text.charAt(at));
}

export function isPunctuation(text: string, at: number): boolean {
  return PUNCTUATION.test(text.charAt(at));
}

/** The text's ends count as space. */
export function isSpace(text: string, at: number): boolean {
  const char = text.charAt(at);
  return char === '' || /\s/.test(char);
}
