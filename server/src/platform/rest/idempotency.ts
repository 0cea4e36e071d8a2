import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError, type Principal, publicErrorOf } from '#platform/trpc';

/** Answers may hold what is shown once, so they are sealed at rest. */
export interface AnswerSeal {
  seal(accountId: string, rowId: string, text: string): string;
  /** Null when it cannot be opened any more. */
  open(accountId: string, rowId: string, sealed: string): string | null;
}

/** Who sent which key with what (SECURITY.md RL-05). */
export interface KeyedRequest {
  readonly accountId: string;
  readonly principal: string;
  /** The pattern, such as `POST /accounts/{accountId}/instances`. */
  readonly route: string;
  readonly key: string;
  readonly requestHash: Buffer;
}

export interface KeptAnswer {
  readonly status: number;
  /** Null for an answer without a body. */
  readonly body: string | null;
}

type Claim = { readonly mine: true } | { readonly mine: false; readonly answer: KeptAnswer };

const KEPT_MS = 24 * 3_600_000;
/** No request runs this long: its process has ended, or could not write down what came of it. */
const LOST_AFTER_MS = 120_000;
const UNKNOWN = 0;
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** Undefined when none was sent. Throws for one that is not a key. */
export function idempotencyKeyOf(request: Request): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !KEY.test(given)) throw new AppError(requestErrors['idempotency-key-malformed']);
  return given;
}

export function principalOf(actor: Principal): string {
  switch (actor.kind) {
    case 'user':
      return `user:${actor.userId}`;
    case 'api-key':
      return `api-key:${actor.apiKeyId}`;
    case 'instance-token':
      return `instance-token:${actor.tokenId}`;
  }
}

/** The same for the same request however its members are ordered. */
export const requestHashOf = (parts: { readonly params: unknown; readonly query: unknown; readonly body: unknown }): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(inOrder([parts.params, parts.query, parts.body ?? null])))
    .digest();

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, child]) => [name, inOrder(child)]);
}

/**
 * Takes the key for this request, in a transaction of its own, so that of many at once one goes on. Whoever comes later gets
 * the kept answer, or a refusal: another request under this key (422), still being answered (409), ended without a word (409).
 */
export async function claimKey(database: AccountDatabase, seal: AnswerSeal, request: KeyedRequest, now: Date): Promise<Claim> {
  const { requestHash, ...id } = request;
  const expiresAt = new Date(now.getTime() + KEPT_MS);
  await database.idempotencyKey.deleteMany({ where: { ...id, expiresAt: { lte: now } } });
  const { count } = await database.idempotencyKey.createMany({
    data: [{ ...id, requestHash: new Uint8Array(requestHash), createdAt: now, expiresAt }],
    skipDuplicates: true,
  });
  if (count === 1) return { mine: true };
  const row = await database.idempotencyKey.findFirst({ where: id });
  if (row === null) throw inProgress();
  if (!requestHash.equals(row.requestHash)) throw new AppError(requestErrors['idempotency-key-reused']);
  if (row.status === null && now.getTime() - row.createdAt.getTime() < LOST_AFTER_MS) throw inProgress();
  const body = typeof row.body === 'string' ? seal.open(request.accountId, rowIdOf(request), row.body) : null;
  if (row.status === null || row.status === UNKNOWN || (row.body !== null && body === null))
    throw new AppError(requestErrors['idempotency-outcome-unknown']);
  return { mine: false, answer: { status: row.status, body } };
}

const inProgress = (): AppError => new AppError(requestErrors['idempotency-in-progress'], { retryAfterSeconds: 1 });

export async function keepAnswer(database: AccountDatabase, seal: AnswerSeal, request: KeyedRequest, answer: KeptAnswer): Promise<void> {
  const { requestHash: _, ...id } = request;
  await database.idempotencyKey.updateMany({
    where: id,
    data: {
      status: answer.status,
      ...(answer.body === null ? {} : { body: seal.seal(request.accountId, rowIdOf(request), answer.body) }),
    },
  });
}

/**
 * After a failure. A refusal changed nothing, so the key is free again; of anything else nobody can say what was done, and the
 * key says so from now on.
 */
export async function settleFailure(database: AccountDatabase, request: KeyedRequest, error: unknown): Promise<void> {
  const { requestHash: _, ...id } = request;
  const { code } = publicErrorOf(error);
  const lost = code === requestErrors.internal.code || code === requestErrors.busy.code;
  if (lost) await database.idempotencyKey.updateMany({ where: id, data: { status: UNKNOWN } });
  else await database.idempotencyKey.deleteMany({ where: id });
}

const rowIdOf = ({ principal, route, key }: KeyedRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([principal, route, key]))
    .digest('hex');
