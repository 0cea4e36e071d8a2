import type { z } from 'zod';
import type { AccountDatabase } from '#platform/database';
import { AppError, onlyReached, reaches } from '#platform/trpc';
import type { Reach } from '#platform/trpc';
import { messageErrors, RECEIPTS } from '@whatpro/sdk/contract';
import type {
  failureSchema,
  listMessagesSchema,
  Message,
  messageDetailSchema,
  messagePageSchema,
  roadSummarySchema,
} from '@whatpro/sdk/contract';

type Failure = z.infer<typeof failureSchema>;
type Row = Awaited<ReturnType<typeof requireRow>>;

const withThread = {
  lane: { select: { thread: { select: { name: true, phone: true, chatwootConversationId: true } } } },
} as const;

/** What is out of reach is not there. */
async function requireRow(database: AccountDatabase, reach: Reach, id: string) {
  const row = await database.message.findFirst({ where: { id }, include: withThread });
  if (!row || !reaches(reach.instances, row.instanceId)) throw new AppError(messageErrors['not-found']);
  return row;
}

export async function listMessages(
  database: AccountDatabase,
  reach: Reach,
  input: z.infer<typeof listMessagesSchema>,
): Promise<z.infer<typeof messagePageSchema>> {
  const { cursor, limit, direction, state, instanceId, threadId } = input;
  const rows = await database.message.findMany({
    where: {
      ...(direction ? { direction } : {}),
      ...(state ? { state } : {}),
      instanceId: { ...onlyReached(reach.instances), ...(instanceId ? { equals: instanceId } : {}) },
      ...(threadId ? { threadId } : {}),
      ...(cursor ? { id: { lt: cursor } } : {}),
    },
    include: withThread,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  return { items: page.map(toMessage), nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

export async function findMessages(database: AccountDatabase, { instances }: Reach, ids: readonly string[]): Promise<Message[]> {
  const where = { id: { in: [...ids] }, instanceId: onlyReached(instances) };
  const rows = await database.message.findMany({ where, include: withThread, orderBy: { id: 'asc' } });
  return rows.map(toMessage);
}

export async function messageDetail(database: AccountDatabase, reach: Reach, id: string): Promise<z.infer<typeof messageDetailSchema>> {
  const row = await requireRow(database, reach, id);
  const failures = await database.messageFailure.findMany({ where: { messageId: id }, orderBy: { id: 'asc' }, take: 200 });
  return {
    ...toMessage(row),
    failures: failures.map(({ attempt, at, outcome, failure }) => ({
      attempt,
      at,
      outcome,
      failure: toFailure(failure) ?? unknownFailure,
    })),
  };
}

export async function roadSummary(database: AccountDatabase, { instances }: Reach, now: Date): Promise<z.infer<typeof roadSummarySchema>> {
  const instanceId = onlyReached(instances);
  const pending = await database.message.aggregate({ where: { state: 'pending', instanceId }, _count: true, _min: { createdAt: true } });
  const dead = await database.message.count({ where: { state: 'dead', instanceId } });
  const lanesWaiting = await database.lane.count({
    where: { dueAt: { not: null }, ...(instances === 'all' ? {} : { thread: { instanceId } }) },
  });
  const oldest = pending._min.createdAt;
  return { pending: pending._count, dead, lanesWaiting, oldestPendingMs: oldest ? Math.max(0, now.getTime() - oldest.getTime()) : null };
}

function toMessage(row: Row): Message {
  return {
    id: row.id,
    direction: row.direction as Message['direction'],
    origin: row.origin as Message['origin'],
    kind: row.kind,
    state: row.state as Message['state'],
    preview: previewOf(row.content),
    receipt: RECEIPTS[row.report] ?? 'none',
    threadId: row.threadId,
    instanceId: row.instanceId,
    contact: { name: row.lane.thread.name, phone: row.lane.thread.phone },
    seq: Number(row.seq),
    attempts: row.attempts,
    cause: toFailure(row.cause),
    gatewayId: row.gatewayId,
    chatwootMessageId: row.chatwootMessageId,
    chatwootConversationId: row.lane.thread.chatwootConversationId,
    sentAt: row.sentAt,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
  };
}

function previewOf(content: unknown): string {
  if (typeof content !== 'object' || content === null) return '';
  const { text, caption, of, media } = content as Record<string, unknown>;
  const said = [text, caption].find((value): value is string => typeof value === 'string' && value !== '') ?? '';
  const label = typeof of === 'string' ? `[${of}] ` : typeof media === 'string' ? `[${media}] ` : '';
  return `${label}${said}`.trim().slice(0, 200);
}

const unknownFailure: Failure = { kind: 'unknown', retry: 'later', certainty: 'unknown', detail: '' };

function toFailure(value: unknown): Failure | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, retry, certainty, detail } = value as Record<string, unknown>;
  return { kind: String(kind ?? 'unknown'), retry: String(retry ?? ''), certainty: String(certainty ?? ''), detail: String(detail ?? '') };
}
