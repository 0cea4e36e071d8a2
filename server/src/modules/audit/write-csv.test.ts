import { describe, expect, it } from 'vitest';
import { csvCell, csvLineOf } from './write-csv.ts';

describe('a cell of the export (HT-12)', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '=cmd|"/c calc"!A0'])(
    '%j is text for a spreadsheet, not a formula',
    (text) => {
      expect(csvCell(text).startsWith(`"'${text[0]}`)).toBe(true);
    },
  );

  it('has its NUL characters taken out and what was behind them is not a formula either', () => {
    expect(csvCell('\u0000=1')).toBe(`"'=1"`);
    expect(csvCell('a\u0000b')).toBe('"ab"');
  });

  it('keeps everything else as it is, with quotes doubled', () => {
    expect(csvCell('say "oi", José;\r\nend')).toBe('"say ""oi"", José;\r\nend"');
    expect(csvCell('a=1')).toBe('"a=1"');
    expect(csvCell('')).toBe('""');
  });

  it('cannot end its line or begin another column, whatever is in an entry', () => {
    const evil = '",=1\r\n"';
    const line = csvLineOf({
      id: 'id',
      at: 'at',
      actor: { kind: evil, id: evil, name: evil },
      action: evil,
      subjectType: evil,
      subjectId: evil,
      before: { [evil]: evil },
      after: null,
      ip: evil,
      userAgent: evil,
    });
    expect(cellsOf(line)).toHaveLength(12);
  });
});

/** As RFC 4180 reads a line: commas and line ends inside quotes are text. */
function cellsOf(line: string): string[] {
  return line.trimEnd().match(/"(?:[^"]|"")*"(?=,|$)/g) ?? [];
}
