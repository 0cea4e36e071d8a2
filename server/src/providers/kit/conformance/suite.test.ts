import { describe, expect, test } from 'vitest';
import type { ParsedWebhook } from '../events.ts';
import { eachMutation, HOSTILE_VALUES } from './mutations.ts';
import { startGateway } from './gateway-double.ts';
import { problemsOf } from './sound-events.ts';
import { wireClient } from './wire-client.ts';

const good = {
  key: 'message|A',
  events: [
    {
      type: 'message',
      id: 'A',
      content: { kind: 'text', text: 'Oi' },
      chat: { kind: 'person', addresses: ['5511990000002@s.whatsapp.net'] },
      origin: 'contact',
      at: new Date(0),
    },
  ],
};
const parsed = (over: object, content?: object): ParsedWebhook =>
  // The bad answers are what the suite must catch, so they cannot be of the good type.
  ({ ...good, events: [{ ...good.events[0], ...over, ...(content === undefined ? {} : { content }) }] }) as never;

describe('the suite catches', () => {
  test.each([
    [
      'an own-device event with a name',
      parsed({ origin: 'own-device', chat: { kind: 'person', addresses: ['5511990000002@s.whatsapp.net'], name: 'Loja' } }),
    ],
    ['an address that is not normalised', parsed({ chat: { kind: 'person', addresses: ['5511990000002:3@s.whatsapp.net'] } })],
    ['a chat without an address', parsed({ chat: { kind: 'person', addresses: [] } })],
    ['an author outside a group', parsed({ author: { addresses: [] } })],
    ['a time that is none', parsed({ at: new Date(Number.NaN) })],
    ['an id with a line break', parsed({ id: 'A\n' })],
    ['a text without text', parsed({}, { kind: 'text', text: '' })],
    ['a media source that is too large', parsed({}, { kind: 'media', media: 'image', source: { x: 'y'.repeat(9_000) } })],
    ['a notice of two lines', parsed({}, { kind: 'notice', of: 'poll', text: 'a\nb' })],
    ['no event at all', { key: 'k', events: [] } as never],
    ['a key that is too long', { key: 'k'.repeat(201), events: { unrecognised: 'x' } }],
    ['unrecognised without a reason', { key: 'k', events: { unrecognised: '' } }],
    ['a receipt for nothing', { key: 'k', events: [{ type: 'receipt', ids: [], receipt: 'read', at: new Date(0) }] } as never],
  ])('%s', (_name, answer) => {
    expect(problemsOf(answer)).not.toEqual([]);
  });

  test('nothing in a good answer', () => {
    expect(problemsOf(good as never)).toEqual([]);
  });
});

test('each place of a body meets each hostile value once, and the body is whole afterwards', () => {
  const body = { a: 'x', b: [{ c: 1 }] };
  const seen: string[] = [];
  // Four places: `a`, `b`, the list's item and `c`; all but the item can also be taken away.
  const count = eachMutation(body, (what) => seen.push(what));
  expect(count).toBe(4 * HOSTILE_VALUES.length + 3);
  expect(new Set(seen).size).toBe(seen.length);
  expect(body).toEqual({ a: 'x', b: [{ c: 1 }] });
});

describe('the test client', () => {
  test('tells a refused connection, a dropped one and a slow peer apart, and cuts off what is too large', async () => {
    const gateway = await startGateway();
    const ask = (maxBytes?: number) =>
      wireClient(250).request({
        method: 'POST',
        url: gateway.baseUrl,
        body: { json: {} },
        ...(maxBytes === undefined ? {} : { maxBytes }),
      });
    gateway.answer(() => 'drop');
    expect(await ask()).toMatchObject({ ok: false, reason: 'dropped', mayHaveArrived: true });
    gateway.answer(() => 'hang');
    expect(await ask()).toMatchObject({ ok: false, reason: 'timeout', mayHaveArrived: true });
    gateway.answer(() => ({ body: 'x'.repeat(100) }));
    expect(await ask(50)).toMatchObject({ ok: false, reason: 'too-large' });
    await gateway.close();
    expect(await ask()).toMatchObject({ ok: false, reason: 'refused', mayHaveArrived: false });
  });
});
