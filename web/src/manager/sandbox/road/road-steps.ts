import type { Message } from '@whatpro/sdk/contract';

export type StepName = 'stored' | 'turn' | 'inbox' | 'gateway' | 'phone' | 'read';
export type StepState = 'done' | 'now' | 'todo' | 'failed';

export interface Step {
  readonly name: StepName;
  readonly state: StepState;
  /** Since the step before, in milliseconds; null when nobody saw it happen. */
  readonly afterMs: number | null;
}

/** When this page saw a message change, in Unix milliseconds of this device. */
export interface Sightings {
  readonly settled?: number;
  readonly delivered?: number;
  readonly read?: number;
}

/** What a change of a message adds to what was seen of it. */
export function sight(seen: Sightings, before: Message | undefined, after: Message, now: number): Sightings {
  const settled = before !== undefined && before.state !== 'delivered' && after.state === 'delivered';
  const receipt = before?.receipt === after.receipt ? null : after.receipt;
  return {
    ...seen,
    ...(settled ? { settled: now } : {}),
    ...(receipt === 'delivered' && before !== undefined ? { delivered: now } : {}),
    ...(receipt === 'read' && before !== undefined ? { read: now } : {}),
  };
}

/** The way of one message: where it has been, where it is, what is still ahead. */
export function roadSteps(message: Message, seen: Sightings): readonly Step[] {
  const arrived = message.state === 'delivered';
  const last: Step = {
    name: message.direction === 'inbound' ? 'inbox' : 'gateway',
    state: arrived ? 'done' : message.state === 'dead' ? 'failed' : 'todo',
    afterMs: crossingMs(message),
  };
  const way: Step[] = [
    { name: 'stored', state: 'done', afterMs: null },
    { name: 'turn', state: message.state === 'pending' ? 'now' : 'done', afterMs: null },
    last,
  ];
  if (message.direction === 'inbound') return way;
  const { receipt } = message;
  const onPhone = arrived && (receipt === 'delivered' || receipt === 'read');
  return [
    ...way,
    {
      name: 'phone',
      state: onPhone ? 'done' : arrived && receipt === 'failed' ? 'failed' : 'todo',
      afterMs: between(seen.settled, seen.delivered),
    },
    { name: 'read', state: arrived && receipt === 'read' ? 'done' : 'todo', afterMs: between(seen.delivered, seen.read) },
  ];
}

/** From stored to delivered, by the Hub's own clock; null while it is on the way. */
export function crossingMs({ state, createdAt, settledAt }: Message): number | null {
  return state === 'delivered' && settledAt !== null ? Math.max(0, settledAt.getTime() - createdAt.getTime()) : null;
}

/** The crossing in the middle of many: half were faster. Null when none has arrived. */
export function typicalMs(messages: readonly Message[]): number | null {
  const sorted = messages.flatMap((message) => crossingMs(message) ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** Null also when both were seen at once: changes are told in bunches. */
const between = (from: number | undefined, to: number | undefined): number | null =>
  from === undefined || to === undefined || to <= from ? null : to - from;
