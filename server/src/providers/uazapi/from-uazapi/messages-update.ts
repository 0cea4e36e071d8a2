import type { GatewayMessageId, ParsedWebhook, Receipt } from '#provider-kit';
import { at, eventKey, firstInstant, firstText, idsPart, listOf } from '#provider-kit';
import { messageIdOf } from '../ids.ts';
import type { Envelope } from './envelope.ts';
import { ignored, understood, unrecognised } from './envelope.ts';

const RECEIPTS: ReadonlyMap<string, Receipt> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['canceled', 'failed'],
]);

/** `readself` and its like: our own phone read what others wrote. The rest are steps before `sent`, or about pins. */
const NOTHING_TO_DO = new Set([
  'queued',
  'pending',
  'pinned',
  'unpinned',
  'readself',
  'read-self',
  'playedself',
  'played-self',
  'sender',
  'retry',
  'inactive',
  'peer_msg',
  'hist_sync',
]);

/** Whether the body is a status in one of the short shapes: `{messageid, status}` at the top or under `message`. */
export const hasReceiptShape = (body: unknown): boolean => RECEIPTS.has(stateOf(body));

/** Receipts and removals, one or many ids in one delivery. */
export function fromMessagesUpdate(envelope: Envelope): ParsedWebhook {
  const { body } = envelope;
  const ids = idsOf(body);
  const state = stateOf(body);
  const [first, ...rest] = ids;
  if (first === undefined) return unrecognised(envelope, 'an update of no message');
  const instant = firstInstant(
    at(body, 'event', 'Timestamp'),
    at(body, 'message', 'messageTimestamp'),
    at(body, 'messageTimestamp'),
    at(body, 'timestamp'),
  );
  if (state === 'deleted' || at(body, 'type') === 'DeletedMessage') {
    return understood(eventKey('removed', idsPart(ids)), { type: 'removed', targetIds: [first, ...rest], at: instant });
  }
  const receipt = RECEIPTS.get(state);
  if (receipt !== undefined)
    return understood(eventKey('receipt', receipt, idsPart(ids)), { type: 'receipt', ids: [first, ...rest], receipt, at: instant });
  return NOTHING_TO_DO.has(state) || at(body, 'type') === 'PinnedMessage'
    ? ignored(envelope, `update ${state}`)
    : unrecognised(envelope, `update ${state}`);
}

function stateOf(body: unknown): string {
  const state = firstText(
    at(body, 'state'),
    at(body, 'event', 'Type'),
    at(body, 'message', 'status'),
    at(body, 'data', 'status'),
    at(body, 'status'),
  );
  return (state ?? '').slice(0, 40).toLowerCase();
}

function idsOf(body: unknown): readonly GatewayMessageId[] {
  const batch = listOf(at(body, 'event', 'MessageIDs')).slice(0, 1_000);
  const several = unique(batch);
  if (several.length > 0) return several;
  const singles = [
    at(body, 'message', 'messageid'),
    at(body, 'message', 'id'),
    at(body, 'data', 'messageid'),
    at(body, 'data', 'id'),
    at(body, 'messageid'),
    at(body, 'id'),
  ];
  return unique(singles).slice(0, 1);
}

const unique = (raw: readonly unknown[]): readonly GatewayMessageId[] => [...new Set(raw.map(messageIdOf).filter((id) => id !== null))];
