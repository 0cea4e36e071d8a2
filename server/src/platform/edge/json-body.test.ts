import { describe, expect, it } from 'vitest';
import { isJson, jsonFault } from './json-body.ts';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('JSON bodies (HT-04)', () => {
  it('may be 64 deep, and no deeper', () => {
    expect(jsonFault(nested(64))).toBeNull();
    expect(jsonFault(nested(66))).toBe('depth');
    expect(jsonFault(nested(6_000))).toBe('depth');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('may not have the key %s anywhere', (key) => {
    expect(jsonFault(JSON.parse(`{"a":[{"b":{"${key}":{"polluted":1}}}]}`))).toBe('key');
  });

  it.each(['"\\u0000"', '{"a":["b\\u0000c"]}', '{"a\\u0000":1}', '{"a":"\\ud800"}', '{"a":"\\udc00x"}'])(
    'may not have text that cannot be stored: %s',
    (text) => {
      expect(jsonFault(JSON.parse(text))).not.toBeNull();
      expect(jsonFault('\u{1F600} e caf\u00e9')).toBeNull();
    },
  );

  it('may have lists of 1,000', () => {
    expect(jsonFault(Array.from({ length: 1_000 }, () => 1))).toBeNull();
    expect(jsonFault(Array.from({ length: 1_001 }, () => 1))).toBe('items');
  });

  it('are named application/json, with no parameter but utf-8', () => {
    for (const type of ['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'])
      expect(isJson(type), type).toBe(true);
    for (const type of [
      undefined,
      '',
      'text/json',
      'application/json-patch+json',
      'application/problem+json',
      'application/json, text/plain',
      'application/json; charset=utf-16',
      'text/plain; application/json',
    ]) {
      expect(isJson(type), String(type)).toBe(false);
    }
  });
});
