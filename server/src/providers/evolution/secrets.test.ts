import { describe, expect, test } from 'vitest';
import { Secret } from '#platform/crypto';
import { evolution } from './index.ts';

const instance = { token: new Secret('00000000-0000-4000-8000-00000000c0de') };
const verifies = (body: unknown, headers: Record<string, string> = {}) => evolution.verifies({ body, headers }, instance);

describe('what a delivery offers as proof', () => {
  test.each([
    ['the instance’s key', '00000000-0000-4000-8000-00000000c0de', true],
    ['no key, by the server’s setting', null, true],
    ['the words for a key that the server does not know', 'Apikey not found', true],
    ['another key', '00000000-0000-4000-8000-00000000beef', false],
    ['an empty key', '', false],
    ['something that is no text', ['00000000-0000-4000-8000-00000000c0de'], false],
    ['the key with more behind it', '00000000-0000-4000-8000-00000000c0de ', false],
  ])('%s', (_, apikey, accepted) => {
    expect(verifies({ event: 'call', apikey })).toBe(accepted);
  });

  test('a body without the field is accepted', () => {
    expect(verifies({ event: 'call' })).toBe(true);
  });

  test('a bearer token is ignored: we never set one up', () => {
    expect(verifies({ event: 'call', apikey: null }, { authorization: 'Bearer a.b.c' })).toBe(true);
    expect(verifies({ event: 'call', apikey: 'wrong' }, { authorization: 'Bearer a.b.c' })).toBe(false);
  });
});

test('the stored body parses to the same key as the delivered one (WH-05)', () => {
  const body = {
    event: 'connection.update',
    instance: 'loja',
    data: { state: 'open', token: 'x' },
    destination: 'https://hub.example.com/hooks/x',
    apikey: 'y',
    date_time: '2025-11-21T22:00:00.000Z',
  };
  const stored = evolution.withoutSecrets(body);
  expect(stored).toEqual({ event: 'connection.update', instance: 'loja', data: { state: 'open' }, date_time: '2025-11-21T22:00:00.000Z' });
  expect(evolution.parseWebhook({ body: stored, headers: {} })).toEqual(evolution.parseWebhook({ body, headers: {} }));
});

test('two connections are two facts, a retry of one is the same', () => {
  const open = (date_time: string) =>
    evolution.parseWebhook({ body: { event: 'connection.update', data: { state: 'open' }, date_time }, headers: {} }).key;
  expect(open('2025-11-21T22:00:00.000Z')).toBe(open('2025-11-21T22:00:00.000Z'));
  expect(open('2025-11-21T22:00:00.000Z')).not.toBe(open('2025-11-21T23:00:00.000Z'));
});
