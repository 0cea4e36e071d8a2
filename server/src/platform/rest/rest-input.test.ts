import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#platform/trpc';
import { inputShapeOf, readRestInput } from './rest-input.ts';

const schema = z.strictObject({
  id: z.uuid().optional(),
  count: z.int().optional(),
  ratio: z.number().nullable().optional(),
  done: z.boolean().default(false),
  tags: z.array(z.string()).optional(),
  sizes: z.array(z.int()).optional(),
  since: z.date().optional(),
  text: z.string().optional(),
  inner: z.object({ at: z.date(), list: z.array(z.date()) }).optional(),
});
const shape = inputShapeOf([z.object({ accountId: z.string() }), schema]);
const read = (query: Record<string, unknown>, body?: unknown) => readRestInput(shape, { params: { accountId: 'a' }, query, body });

describe('REST inputs', () => {
  it('turn text into the type the schema names, and only then', () => {
    const input = read({
      count: '7',
      ratio: '-1.5',
      done: 'false',
      tags: 'one',
      sizes: ['1', '2'],
      since: '2026-11-22T10:00:00Z',
      text: '42',
    });
    expect(input).toEqual({
      accountId: 'a',
      count: 7,
      ratio: -1.5,
      done: false,
      tags: ['one'],
      sizes: [1, 2],
      since: new Date('2026-11-22T10:00:00Z'),
      text: '42',
    });
  });

  it.each([
    ['count', ''],
    ['count', ' 7'],
    ['count', '0x10'],
    ['count', 'Infinity'],
    ['count', '1e400'],
    ['done', '1'],
    ['done', 'TRUE'],
    ['since', 'yesterday'],
    ['since', '2026'],
  ])('leave %s=%j as text, for zod to refuse', (name, text) => {
    expect(read({ [name]: text })?.[name]).toBe(text);
    expect(schema.safeParse({ [name]: text }).success).toBe(false);
  });

  it('do not turn what a body says into another type, except instants into dates', () => {
    const input = read({}, { count: '7', done: 'false', text: 5, inner: { at: '2026-11-22T10:00:00Z', list: ['2026-11-22T10:00:00Z'] } });
    expect(input).toMatchObject({
      count: '7',
      done: 'false',
      text: 5,
      inner: { at: new Date('2026-11-22T10:00:00Z'), list: [new Date('2026-11-22T10:00:00Z')] },
    });
  });

  it('leave the schemas as they were: the next caller is not judged more kindly', () => {
    read({ count: '7', done: 'false' });
    expect(schema.safeParse({ count: '7' }).success).toBe(false);
  });

  it.each([
    ['an unknown key in the query', () => read({ nobody: '1' })],
    ['an unknown key in the body', () => read({}, { nobody: 1 })],
    ['a key of the address again in the body', () => read({}, { accountId: 'b' })],
    ['a key of the address again in the query', () => read({ accountId: 'b' })],
    ['a key in query and body', () => read({ text: 'a' }, { text: 'b' })],
    ['a body that is a list', () => read({}, [1])],
    ['a body that is a text', () => read({}, 'x')],
  ])('refuse %s', (_what, attempt) => {
    expect(attempt).toThrow(AppError);
  });

  it('take unknown keys where the schema does', () => {
    const open = inputShapeOf([z.looseObject({ a: z.string() })]);
    expect(readRestInput(open, { params: {}, query: {}, body: { a: 'x', b: 1 } })).toEqual({ a: 'x', b: 1 });
  });

  it('know every field of a choice between shapes', () => {
    const choice = inputShapeOf([
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('a'), one: z.int() }),
        z.strictObject({ kind: z.literal('b'), two: z.boolean() }),
      ]),
    ]);
    expect(readRestInput(choice, { params: {}, query: { kind: 'b', two: 'true' }, body: undefined })).toEqual({ kind: 'b', two: true });
    expect(() => readRestInput(choice, { params: {}, query: { three: '1' }, body: undefined })).toThrow(AppError);
  });
});
