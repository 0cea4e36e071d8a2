import { isPunctuation, isSpace, isWordChar } from './kept-spans.ts';

/** A piece of a text that is being read: words, or a run of mark signs that may open or close something. */
export type Piece = { readonly text: string; readonly code?: boolean } | DelimiterRun;

export interface DelimiterRun {
  readonly sign: '*' | '_' | '~';
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** Signs that no pair has used. */
  left: number;
  /** WhatsApp marks that end here, innermost first. */
  closes: string[];
  /** WhatsApp marks that begin here, outermost first. */
  opens: string[];
}

/** Single signs do nothing inside a word (`2*3*4`, `snake_case`); double ones do, except underscores. */
export function delimiterRunAt(text: string, at: number): DelimiterRun | null {
  const sign = text[at];
  if (sign !== '*' && sign !== '_' && sign !== '~') return null;
  let left = 1;
  while (text[at + left] === sign) left += 1;
  if (sign === '~' && left !== 2) return null;
  const end = at + left;
  const wordBefore = at > 0 && isWordChar(text, at - 1);
  const wordAfter = isWordChar(text, end);
  const loose = left > 1 && sign !== '_';
  return {
    sign,
    left,
    canOpen: !isSpace(text, end) && (!wordBefore || (loose && !isPunctuation(text, end))),
    canClose: at > 0 && !isSpace(text, at - 1) && (!wordAfter || (loose && !isPunctuation(text, at - 1))),
    closes: [],
    opens: [],
  };
}

const MARK = { '*': ['_', '*'], _: ['_', '*'], '~': ['~', '~'] } as const;

/** Pairs the runs the way CommonMark does: every closing run with the nearest opening one of its sign. */
export function pairRuns(runs: readonly DelimiterRun[]): void {
  const open: DelimiterRun[] = [];
  for (const run of runs) {
    while (run.canClose && run.left > 0) {
      const at = open.findLastIndex((candidate) => candidate.sign === run.sign);
      const opener = open[at];
      if (opener === undefined) break;
      const used = opener.left >= 2 && run.left >= 2 ? 2 : 1;
      const mark = MARK[run.sign][used - 1] ?? '';
      opener.opens.unshift(mark);
      run.closes.push(mark);
      opener.left -= used;
      run.left -= used;
      open.length = opener.left > 0 ? at + 1 : at;
    }
    if (run.canOpen && run.left > 0) {
      open.push(run);
      // What opens this deep without ever closing is no emphasis; it also keeps the search short.
      if (open.length > MOST_OPEN) open.shift();
    }
  }
}

const MOST_OPEN = 64;

/** Writes the pieces out. A mark of WhatsApp ends with its line, so each line gets its own pair. */
export function writePieces(pieces: readonly Piece[]): string {
  const active: string[] = [];
  let out = '';
  let waiting = '';

  const write = (words: string): void => {
    for (const part of words.split(/(\s*\n\s*)/)) {
      if (part === '') continue;
      if (part.includes('\n')) {
        // Marks still waiting for their first word have nothing to close.
        if (waiting === '') out += [...active].reverse().join('');
        out += part;
        waiting = active.join('');
      } else {
        out += waiting + part;
        waiting = '';
      }
    }
  };

  for (const piece of pieces) {
    if ('text' in piece) {
      if (piece.code === true) {
        out += waiting + piece.text;
        waiting = '';
      } else {
        write(piece.text);
      }
      continue;
    }
    for (const mark of piece.closes) {
      active.pop();
      if (waiting.endsWith(mark)) waiting = waiting.slice(0, -1);
      else out += mark;
    }
    write(piece.sign.repeat(piece.left));
    for (const mark of piece.opens) {
      active.push(mark);
      if (waiting === '') out += mark;
      else waiting += mark;
    }
  }
  return out;
}
