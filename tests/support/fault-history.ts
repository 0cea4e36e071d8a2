import type { Contact } from './fault-accounts.ts';

export type Direction = 'inbound' | 'outbound';

/** A message the Hub answered for with 200. Per contact and direction the driver sends the next one only after that. */
export interface AcceptedMessage {
  /** Unique; what the peer's journal is matched by. */
  readonly text: string;
  readonly contact: Contact;
  readonly direction: Direction;
  /** The gateway's id, or Chatwoot's. */
  readonly id: string;
  /** `performance.now()` when the driver began to send it. */
  readonly sentMs: number;
}

export interface Disturbance {
  readonly kind: 'kill' | 'postgres' | 'pause' | 'queue-emptied' | 'down';
  readonly atMs: number;
  /** When it was over, for those that last. */
  untilMs: number;
}

/** Everything the checkers need of a run, in the order in which it happened. */
export interface History {
  readonly accepted: AcceptedMessage[];
  /** Agent messages whose webhook the Hub did not answer with 200. They may arrive or not. */
  readonly refused: { readonly text: string; readonly status: number }[];
  /** Answers other than 200 that a gateway repeated after. */
  readonly repeatedAfter: Map<number, number>;
  /** Deliveries of a fact the Hub had already accepted, or was accepting. */
  repeats: number;
  /** Chatwoot message → the last tick its sender was told of by the gateway. */
  readonly ticks: Map<string, 'delivered' | 'read'>;
  receipts: number;
  receiptsOutOfOrder: number;
  readonly disturbances: Disturbance[];
}

export const newHistory = (): History => ({
  accepted: [],
  refused: [],
  repeatedAfter: new Map(),
  repeats: 0,
  ticks: new Map(),
  receipts: 0,
  receiptsOutOfOrder: 0,
  disturbances: [],
});

export const disturbed = (history: History, kind: Disturbance['kind']): Disturbance => {
  const now = performance.now();
  const disturbance: Disturbance = { kind, atMs: now, untilMs: now };
  history.disturbances.push(disturbance);
  return disturbance;
};
