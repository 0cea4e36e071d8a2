import { expect, test } from 'vitest';
import type { Message } from '@whatpro/sdk/contract';
import { roadSteps, sight, typicalMs } from './road-steps.ts';

const at = (ms: number): Date => new Date(1_800_000_000_000 + ms);

const message = (change: Partial<Message> = {}): Message => ({
  id: '01900000-0000-7000-8000-000000000001',
  direction: 'outbound',
  origin: 'hub',
  kind: 'text',
  state: 'pending',
  preview: 'Oi',
  receipt: 'none',
  threadId: '01900000-0000-7000-8000-000000000002',
  instanceId: '01900000-0000-7000-8000-000000000003',
  contact: { name: 'Ana', phone: '5511990000002' },
  seq: 1,
  attempts: 0,
  cause: null,
  gatewayId: null,
  chatwootMessageId: null,
  chatwootConversationId: null,
  sentAt: null,
  createdAt: at(0),
  settledAt: null,
  ...change,
});

const told = (shown: Message, seen = {}): string[] =>
  roadSteps(shown, seen).map(({ name, state, afterMs }) => `${name} ${state}${afterMs === null ? '' : ` ${afterMs}`}`);

test('a message from a customer ends in the inbox', () => {
  expect(told(message({ direction: 'inbound', state: 'delivered', settledAt: at(12) }))).toEqual([
    'stored done',
    'turn done',
    'inbox done 12',
  ]);
});

test('a message that waits is at its turn, and nothing behind it is done', () => {
  expect(told(message())).toEqual(['stored done', 'turn now', 'gateway todo', 'phone todo', 'read todo']);
});

test('a dead letter failed at the last step that was tried', () => {
  expect(told(message({ state: 'dead' }))).toEqual(['stored done', 'turn done', 'gateway failed', 'phone todo', 'read todo']);
});

test('the time of a receipt is told only when this page saw both ends of it', () => {
  const sent = message({ state: 'delivered', settledAt: at(5), receipt: 'sent' });
  const delivered = { ...sent, receipt: 'delivered' as const };
  const read = { ...sent, receipt: 'read' as const };
  const seen = sight(sight(sight({}, message(), sent, 1_000), sent, delivered, 1_070), delivered, read, 2_000);
  expect(told(read, seen)).toEqual(['stored done', 'turn done', 'gateway done 5', 'phone done 70', 'read done 930']);
  expect(told(read)).toEqual(['stored done', 'turn done', 'gateway done 5', 'phone done', 'read done']);
});

test('a message that failed on the phone says so where it failed', () => {
  expect(told(message({ state: 'delivered', settledAt: at(5), receipt: 'failed' })).slice(2)).toEqual([
    'gateway done 5',
    'phone failed',
    'read todo',
  ]);
});

test('the typical crossing is the one in the middle, and what is on its way does not count', () => {
  const crossed = (ms: number): Message => message({ state: 'delivered', settledAt: at(ms) });
  expect(typicalMs([crossed(9), message(), crossed(400), crossed(7)])).toBe(9);
  expect(typicalMs([message()])).toBe(null);
});
