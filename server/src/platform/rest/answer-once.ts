import { z } from 'zod';
import type { ListedProcedure, ProcedureContext } from '#platform/trpc';
import {
  type AnswerSeal,
  claimKey,
  keepAnswer,
  type KeptAnswer,
  type KeyedRequest,
  principalOf,
  requestHashOf,
  settleFailure,
} from './idempotency.ts';

interface Asked {
  readonly key: string;
  readonly route: string;
  readonly permission: ListedProcedure['meta']['permission'];
  readonly accountId: unknown;
  readonly parts: { readonly params: unknown; readonly query: unknown; readonly body: unknown };
}

export interface OnceTools {
  readonly seal: AnswerSeal;
  readonly now: () => Date;
  /** What could not be written down. The caller has its answer all the same. */
  readonly onLost: (error: unknown) => void;
}

const accountIdSchema = z.uuid();

/**
 * Runs `answer` once for all requests with one key. Callers who may not ask are answered as without a key, and leave nothing
 * behind: their row would lie in an account that is not theirs.
 *
 * The answer is written down after the change was committed, not with it. When the process ends in between, the key says for
 * the rest of its day that the outcome is not known: nothing is done twice, and nothing is claimed that nobody saw.
 */
export async function answerOnce(
  context: ProcedureContext,
  { seal, now, onLost }: OnceTools,
  asked: Asked,
  answer: () => Promise<KeptAnswer>,
): Promise<KeptAnswer & { readonly replayed: boolean }> {
  const { actor } = context;
  const account = accountIdSchema.safeParse(asked.accountId);
  const grant = actor !== null && account.success ? await context.authorise(actor, account.data) : null;
  if (actor === null || !account.success || asked.permission === undefined || grant?.permissions.has(asked.permission) !== true)
    return { ...(await answer()), replayed: false };

  const accountId = account.data;
  const request: KeyedRequest = {
    accountId,
    principal: principalOf(actor),
    route: asked.route,
    key: asked.key,
    requestHash: requestHashOf(asked.parts),
  };
  const database = context.openAccount(accountId);
  const claim = await database.run((open) => claimKey(open, seal, request, now()));
  if (!claim.mine) {
    await context.admit?.(actor, 1);
    await context.admit?.(actor, 1, accountId);
    return { ...claim.answer, replayed: true };
  }
  let made: KeptAnswer;
  try {
    made = await answer();
  } catch (error) {
    await database.run((open) => settleFailure(open, request, error)).catch(onLost);
    throw error;
  }
  await database.run((open) => keepAnswer(open, seal, request, made)).catch(onLost);
  return { ...made, replayed: false };
}
