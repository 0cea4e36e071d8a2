import { describe, expect, test } from 'vitest';
import { isTransient, sqlStateOf } from './classify-error.ts';

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error('x'), { code, ...more });
const wrapped = (originalCode: string): Error =>
  withCode('P2010', { meta: { driverAdapterError: { cause: { kind: 'postgres', originalCode } } } });

describe('isTransient', () => {
  test.each(['40001', '40P01', '55P03', '57P01', '57P03', '53300', '08006', 'ECONNREFUSED', 'ECONNRESET', 'P2028', 'P2034', 'P1001'])(
    '%s is',
    (code) => {
      expect(isTransient(withCode(code))).toBe(true);
    },
  );

  test.each(['23505', '42501', '22P02', 'P2002', 'P2025', 'P0001', 'ENOENT'])('%s is not', (code) => {
    expect(isTransient(withCode(code))).toBe(false);
  });

  test('looks through what Prisma, its adapter and a cause wrap around the error', () => {
    expect(isTransient(wrapped('40P01'))).toBe(true);
    expect(isTransient(new Error('outer', { cause: withCode('57P01') }))).toBe(true);
    expect(isTransient(new AggregateError([withCode('ECONNREFUSED')]))).toBe(true);
    expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true);
  });

  test.each([undefined, null, 'text', 7, new Error('a bug'), {}])('anything else is not: %j', (value) => {
    expect(isTransient(value)).toBe(false);
  });
});

describe('sqlStateOf', () => {
  test('gives the code of PostgreSQL, not that of Prisma or the socket', () => {
    expect(sqlStateOf(wrapped('23505'))).toBe('23505');
    expect(sqlStateOf(withCode('P0001'))).toBe('P0001');
    expect(sqlStateOf(withCode('P2002'))).toBeUndefined();
    expect(sqlStateOf(withCode('EPIPE'))).toBeUndefined();
  });
});
