/** Beginnings that people choose when told "twelve characters". */
const COMMON = [
  'password',
  'passw0rd',
  'senha',
  'qwerty',
  'asdfgh',
  'zxcvbn',
  '123456',
  'abcdef',
  'letmein',
  'welcome',
  'admin',
  'whatpro',
  'chatwoot',
  'iloveyou',
  'mudar',
];
const FEWEST_DIFFERENT = 5;

/** Too few different characters, a counting row, a common word with little around it, or the person's own name or address. */
export function isGuessable(password: string, own: readonly string[]): boolean {
  const plain = password.toLowerCase();
  if (new Set(plain).size < FEWEST_DIFFERENT || isRow(plain)) return true;
  const ownWords = own.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 4);
  const left = [...COMMON, ...ownWords].reduce((rest, word) => rest.replaceAll(word, ''), plain).replace(/[\d\W_]+/g, '');
  return left.length < 4 && left.length < plain.replace(/[\d\W_]+/g, '').length;
}

/** Counting up or down, also past nine. */
function isRow(text: string): boolean {
  const step = (index: number): number => (text.codePointAt(index) ?? 0) - (text.codePointAt(index - 1) ?? 0);
  const round = /^\d+$/.test(text) ? 10 : 0x110000;
  const steps = new Set(Array.from({ length: text.length - 1 }, (_, index) => (step(index + 1) + round) % round));
  return steps.size === 1;
}
