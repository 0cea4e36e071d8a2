import { describe, expect, it } from 'vitest';
import { failureOf, parseJson, retryAfterMs } from './answers.ts';

const answer = (reason: Parameters<typeof failureOf>[0]['reason'], mayHaveArrived: boolean) =>
  failureOf({ ok: false, reason, mayHaveArrived, detail: 'd' });

describe('failureOf', () => {
  it('network trouble belongs to the peer and passes', () => {
    for (const reason of ['refused', 'dns', 'tls'] as const) {
      expect(answer(reason, false)).toEqual({ kind: 'unreachable', retry: 'later', certainty: 'not-sent', scope: 'peer', detail: 'd' });
    }
    expect(answer('dropped', true)).toMatchObject({ kind: 'unreachable', retry: 'later', certainty: 'unknown', scope: 'peer' });
    expect(answer('timeout', true)).toMatchObject({ kind: 'timeout', retry: 'later', certainty: 'unknown', scope: 'peer' });
    expect(answer('timeout', false)).toMatchObject({ certainty: 'not-sent' });
  });

  it('an address that is closed now may be opened by the operator: the message waits', () => {
    expect(answer('blocked', false)).toMatchObject({ kind: 'blocked', retry: 'later', certainty: 'not-sent', scope: 'peer' });
  });

  it('an oversized answer stays with the message', () => {
    expect(answer('too-large', true)).toMatchObject({ kind: 'too-large', retry: 'never', certainty: 'unknown', scope: 'message' });
  });
});

describe('retryAfterMs', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  it.each([
    ['30', 30_000],
    ['1.5', 1_500],
    ['0', 1_000],
    ['999999', 3_600_000],
    ['Sun, 01 Mar 2026 12:00:20 GMT', 20_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 1_000],
    ['Tue, 03 Mar 2026 12:00:00 GMT', 3_600_000],
  ])('reads %s as %d ms', (value, ms) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBe(ms);
  });

  it.each(['', '-5', 'soon', '2026-03', 'NaN'])('does not read %j', (value) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBeUndefined();
    expect(retryAfterMs({}, now)).toBeUndefined();
  });
});

describe('parseJson', () => {
  it('gives the value', () => {
    expect(parseJson(Buffer.from('{"a":["[[[",{"b":"\\"{"}]}'))).toEqual({ ok: true, value: { a: ['[[[', { b: '"{' }] } });
    expect(parseJson(Buffer.from('null'))).toEqual({ ok: true, value: null });
  });

  it('gives a failure without a word of the body for anything else', () => {
    for (const body of ['', '<html>secret</html>', '{"a":']) {
      const attempt = parseJson(Buffer.from(body));
      expect(attempt).toMatchObject({ ok: false, failure: { kind: 'invalid-answer', certainty: 'unknown' } });
      expect(JSON.stringify(attempt)).not.toContain('html');
    }
  });

  it('SS-08: refuses nesting that would overflow later', () => {
    expect(parseJson(Buffer.from(`${'['.repeat(100)}${']'.repeat(100)}`)).ok).toBe(true);
    expect(parseJson(Buffer.from(`${'['.repeat(6_000)}${']'.repeat(6_000)}`)).ok).toBe(false);
  });
});
