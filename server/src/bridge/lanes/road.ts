import type { DeliveryFailure } from '#platform/outcome';

/** One prepared statement on the pool; no Prisma, one round trip. */
export interface RoadCaller {
  call<Row>(name: string, sql: string, params: readonly unknown[]): Promise<Row[]>;
}

export interface LaneRef {
  readonly accountId: string;
  readonly laneId: string;
}

/** Text of a message as it waits in its lane; what `kind` it is decides which fields are there. */
export type StoredContent = Readonly<Record<string, unknown>>;

export interface LaneMessage {
  readonly id: string;
  readonly seq: number;
  readonly kind: string;
  readonly origin: 'contact' | 'own-device' | 'hub';
  readonly content: StoredContent;
  readonly gatewayId: string | null;
  readonly quotedId: string | null;
  readonly quoted: { readonly chatwootMessageId: number | null; readonly direction: string; readonly origin: string } | null;
  readonly chatwootMessageId: number | null;
  readonly attempts: number;
  readonly report: number;
  readonly createdAt: string;
  readonly sentAt: string | null;
  /** The last failure, when there was one. */
  readonly cause: DeliveryFailure | null;
}

export interface LaneThread {
  readonly id: string;
  readonly instanceId: string;
  readonly kind: 'person' | 'group';
  readonly address: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly contactId: number | null;
  readonly sourceId: string | null;
  readonly conversationId: number | null;
}

export interface Lease {
  readonly epoch: number;
  readonly direction: 'inbound' | 'outbound' | 'receipt';
  /** The last holder never gave the lane back: its first message may have reached the peer. */
  readonly recovered: boolean;
  readonly failures: number;
  readonly message: LaneMessage;
  readonly thread: LaneThread;
}

export interface ThreadLinks {
  readonly contactId: number | null;
  readonly sourceId: string | null;
  readonly conversationId: number | null;
}

export type Settlement =
  | { readonly outcome: 'delivered'; readonly gatewayId?: string; readonly chatwootMessageId?: number; readonly thread?: ThreadLinks }
  | { readonly outcome: 'reported'; readonly report: number }
  | { readonly outcome: 'dead'; readonly failure: DeliveryFailure; readonly thread?: ThreadLinks }
  | {
      readonly outcome: 'retry';
      readonly afterMs: number;
      readonly counts: 0 | 1;
      readonly failure: DeliveryFailure;
      readonly thread?: ThreadLinks;
    };

export type Settled =
  | { readonly fenced: true }
  | { readonly fenced?: false; readonly next: LaneMessage | null; readonly wake: readonly string[] };

export interface AcceptInput {
  readonly accountId: string;
  readonly endpointId: string;
  readonly instanceId: string;
  readonly key: string;
  /** The delivery as it came, without credentials. */
  readonly body: Buffer;
  readonly outcome: 'accepted' | 'ignored' | 'unrecognised' | 'unreadable' | 'stale';
  readonly items: readonly AcceptItem[];
}

export type AcceptItem = { readonly op: 'inbound' | 'outbound' | 'receipt' | 'about' | 'echo' } & Readonly<Record<string, unknown>>;

export interface Accepted {
  /** False: the same fact was stored before, nothing changed. */
  readonly fresh: boolean;
  readonly wake: readonly LaneRef[];
  readonly messageIds: readonly string[];
}

/** The four calls of the road, each one SQL function (prisma/migrations, `road`). */
export interface Road {
  accept(input: AcceptInput): Promise<Accepted>;
  take(lane: LaneRef, holder: string, leaseMs: number): Promise<Lease | null>;
  settle(
    lane: LaneRef,
    hold: { readonly holder: string; readonly epoch: number },
    messageId: string,
    settlement: Settlement,
    leaseMs: number,
  ): Promise<Settled>;
  /** False when another worker has the lane. */
  extend(lane: LaneRef, hold: { readonly holder: string; readonly epoch: number }, leaseMs: number): Promise<boolean>;
  release(lane: LaneRef, hold: { readonly holder: string; readonly epoch: number }): Promise<void>;
  dueLanes(limit: number): Promise<readonly (LaneRef & { readonly lateMs: number })[]>;
}

export function createRoad(database: RoadCaller): Road {
  return {
    async accept(input) {
      const rows = await database.call<{ fresh: boolean; lane_id: string | null; wake: boolean; message_id: string | null }>(
        'road_accept',
        'SELECT fresh, lane_id, wake, message_id FROM app.road_accept($1, $2, $3, $4, $5, $6, $7)',
        [input.accountId, input.endpointId, input.instanceId, input.key, input.body, input.outcome, JSON.stringify(input.items)],
      );
      return {
        fresh: rows[0]?.fresh === true,
        wake: rows.flatMap((row) => (row.wake && row.lane_id ? [{ accountId: input.accountId, laneId: row.lane_id }] : [])),
        messageIds: rows.flatMap((row) => (row.message_id ? [row.message_id] : [])),
      };
    },
    async take(lane, holder, leaseMs) {
      const rows = await database.call<{ lease: Lease | null }>('road_take', 'SELECT app.road_take($1, $2, $3, $4) AS lease', [
        lane.accountId,
        lane.laneId,
        holder,
        leaseMs,
      ]);
      return rows[0]?.lease ?? null;
    },
    async settle(lane, hold, messageId, settlement, leaseMs) {
      const rows = await database.call<{ settled: Settled }>(
        'road_settle',
        'SELECT app.road_settle($1, $2, $3, $4, $5, $6, $7) AS settled',
        [lane.accountId, lane.laneId, hold.holder, hold.epoch, messageId, JSON.stringify(settlement), leaseMs],
      );
      return rows[0]?.settled ?? { fenced: true };
    },
    async extend(lane, hold, leaseMs) {
      const rows = await database.call<{ held: boolean }>('road_extend', 'SELECT app.road_extend($1, $2, $3, $4, $5) AS held', [
        lane.accountId,
        lane.laneId,
        hold.holder,
        hold.epoch,
        leaseMs,
      ]);
      return rows[0]?.held === true;
    },
    async release(lane, hold) {
      await database.call('road_release', 'SELECT app.road_release($1, $2, $3, $4)', [
        lane.accountId,
        lane.laneId,
        hold.holder,
        hold.epoch,
      ]);
    },
    async dueLanes(limit) {
      const rows = await database.call<{ account_id: string; lane_id: string; late_ms: number }>(
        'due_lanes',
        'SELECT account_id, lane_id, late_ms FROM app.due_lanes($1)',
        [limit],
      );
      return rows.map((row) => ({ accountId: row.account_id, laneId: row.lane_id, lateMs: row.late_ms }));
    },
  };
}
