import { describe, expect, test } from 'vitest';
import { Secret } from '#platform/crypto';
import {
  at,
  bodyHash,
  capabilityReport,
  contactsNotice,
  countOf,
  eventKey,
  firstInstant,
  flagOf,
  idsPart,
  instantOf,
  jsonWithFile,
  lineOf,
  locationNotice,
  NO_TIME,
  numberOf,
  sameSecret,
  withoutProperties,
} from './index.ts';

describe('event keys', () => {
  test('are printable and at most 200 characters, whatever they are made of (WH-05)', () => {
    const keys = [
      eventKey('message', 'A1'),
      eventKey('message', '\u0000'),
      eventKey('x', 'y'.repeat(5_000)),
      eventKey('k', ...Array.from({ length: 50 }, () => 'part'.repeat(10))),
      eventKey('k', null, undefined),
    ];
    for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,200}$/);
    expect(keys[0]).toBe('message|A1');
  });

  test('a separator inside a part cannot imitate a boundary', () => {
    expect(eventKey('receipt', 'a|b', 'c')).not.toBe(eventKey('receipt', 'a', 'b|c'));
  });

  test('several ids make the same part in any order and number', () => {
    expect(idsPart(['b', 'a', 'b'])).toBe(idsPart(['a', 'b']));
  });

  test('a body has one hash for any order of its properties, and another for other values', () => {
    expect(bodyHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(bodyHash({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(bodyHash({ a: 1 })).not.toBe(bodyHash({ a: 2 }));
    expect(bodyHash(undefined)).toMatch(/^#/);
  });
});

describe('times', () => {
  test.each([
    [1785820620, '2026-08-04T05:17:00.000Z'],
    ['1785820620', '2026-08-04T05:17:00.000Z'],
    [1785817572632, '2026-08-04T04:26:12.632Z'],
    ['2026-02-02 17:46:57.567Z', '2026-02-02T17:46:57.567Z'],
  ])('%s is %s', (raw, expected) => {
    expect(instantOf(raw)?.toISOString()).toBe(expected);
  });

  test.each([null, '', 'soon', -1, 0, 1e300, Number.NaN, '99999999999999999999', {}, '0001-01-01T00:00:00Z'])('%s is no time', (raw) => {
    expect(instantOf(raw)).toBeNull();
    expect(firstInstant(raw)).toBe(NO_TIME);
  });
});

describe('reading what strangers write', () => {
  test('inherited properties are not there', () => {
    expect([at({}, 'constructor'), at([], 'length'), at('text', 'length'), at({ a: { b: 1 } }, 'a', 'b')]).toEqual([
      undefined,
      undefined,
      undefined,
      1,
    ]);
  });

  test('numbers, counts and flags may be written as text', () => {
    expect([numberOf('-8.03'), numberOf('1e5'), countOf('125330'), countOf(-1), countOf(1.5), flagOf('True'), flagOf(1)]).toEqual([
      -8.03,
      null,
      125330,
      null,
      null,
      true,
      false,
    ]);
  });

  test('a line has no breaks, no control characters and a limit', () => {
    expect([lineOf(' a\r\nb\u0000c '), lineOf('\u0000'), lineOf('abcdef', 4), lineOf(7)]).toEqual(['a b c', null, 'abc…', null]);
  });
});

describe('notices', () => {
  test('a place off the earth has no link', () => {
    expect(locationNotice({ name: 'Lá', address: null, latitude: 91, longitude: 0 }).text).toBe('Lá');
    expect(locationNotice({ name: null, address: null, latitude: 'x', longitude: null }).text).toBe('—');
  });

  test('a card gives its name and each of its numbers', () => {
    const vcard =
      'BEGIN:VCARD\r\nFN:Ana\r\nTEL;type=CELL;waid=5511990000002:+55 11 99000-0002\r\nitem2.TEL:+55 11 4000-0000\r\nnonsense\r\nEND:VCARD';
    expect(
      contactsNotice([
        { name: null, vcard },
        { name: 'Bia', vcard: null },
        { name: {}, vcard: 3 },
      ]).text,
    ).toBe('Ana +5511990000002, +55 11 4000-0000 · Bia');
  });
});

describe('secrets', () => {
  test('go with their property and wherever their value is repeated, at any depth and letter case', () => {
    const body = { Token: 'super-secret-1', list: [{ token: 'super-secret-2', note: 'was super-secret-1' }], 'super-secret-2': 1, id: 7 };
    expect(withoutProperties(body, ['token'])).toEqual({ list: [{ note: 'was [secret]' }], '[secret]': 1, id: 7 });
    expect(body.Token).toBe('super-secret-1');
  });

  test('a short value does not tear the text around it', () => {
    expect(withoutProperties({ token: 'a', text: 'banana' }, ['token'])).toEqual({ text: 'banana' });
  });

  test('compare only as texts', () => {
    const secret = new Secret('right');
    expect([
      sameSecret('right', secret),
      sameSecret('Right', secret),
      sameSecret(['right'], secret),
      sameSecret(undefined, secret),
    ]).toEqual([true, false, false, false]);
  });
});

describe('a file inside a JSON body', () => {
  const read = async (stream: AsyncIterable<string>) => {
    let text = '';
    for await (const chunk of stream) text += chunk;
    return text;
  };
  async function* bytes(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece);
  }

  test('is the same as if it had been coded at once, however it is cut', async () => {
    for (const pieces of [['abcdefg'], ['a', 'b', 'c', 'd', 'efg'], ['abcd', '', 'efg'], []]) {
      const { stream } = jsonWithFile((file) => ({ file: `data:;base64,${file}`, text: 'é "x"' }), bytes(...pieces));
      expect(JSON.parse(await read(stream))).toEqual({
        file: `data:;base64,${Buffer.from(pieces.join('')).toString('base64')}`,
        text: 'é "x"',
      });
    }
  });

  test('says why it broke off, and the document stays unfinished', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('abc');
      await Promise.reject(new Error('gone'));
    }
    const body = jsonWithFile((file) => ({ file }), broken());
    await expect(read(body.stream)).rejects.toThrow('gone');
    expect(body.broken()?.message).toBe('gone');
  });

  test('a body that forgets the file is a bug', () => {
    expect(() => jsonWithFile(() => ({}), bytes())).toThrow('exactly once');
  });
});

test('the capability report has a line for each kind and direction', () => {
  const levels = new Proxy({}, { get: () => 'full' }) as never;
  const lines = capabilityReport([{ id: 'x', capabilities: { inbound: levels, outbound: levels, receipts: levels } as never }]);
  expect(lines).toHaveLength(33);
  expect(lines[0]).toEqual({ provider: 'x', direction: 'inbound', kind: 'text', level: 'full' });
});
