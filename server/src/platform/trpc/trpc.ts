import { initTRPC, TRPCError, type TRPC_ERROR_CODE_NUMBER } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import superjson from 'superjson';
import type { Permission } from '@whatpro/sdk/contract';
import { AppError } from './app-error.ts';
import type { ProcedureContext } from './context.ts';
import { type PublicIssue, publicErrorOf, statusOf, trpcCodeOf } from './public-error.ts';

/** The REST address of a procedure. Path parameters are written `{accountId}`. */
export interface RestAddress {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, such as `/accounts/{accountId}/instances`. */
  readonly path: `/${string}`;
  /** Of a success; 200 when absent. 204 sends no body. */
  readonly status?: 200 | 201 | 202 | 204;
  readonly summary: string;
  readonly tag: string;
  /** The account is named in the body and not in the address. */
  readonly accountInBody?: true;
}

export interface ProcedureMeta {
  /** Which of the four kinds it was built from. */
  readonly kind?: 'public' | 'signed-in' | 'account' | 'operator';
  /** Whose data it reaches: nobody's, the caller's own, one account's, the whole Hub's. */
  readonly scope?: 'none' | 'user' | 'account' | 'hub';
  /** What the caller must be allowed to do in the account; only for kind `account`. */
  readonly permission?: Permission;
  readonly rest?: RestAddress;
  /** What one call counts as where calls are limited; 1 when absent. More for what calls an outside system. */
  readonly cost?: number;
}

/** What a tRPC client reads in `error.data`. */
export interface TrpcErrorData {
  readonly code: string;
  readonly httpStatus: number;
  /** The code of the catalogue, such as `instances/not-found`. */
  readonly appCode: string;
  readonly requestId: string | null;
  readonly issues?: readonly PublicIssue[];
  readonly retryAfterSeconds?: number;
}

export const t = initTRPC
  .context<ProcedureContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
    isDev: false,
    sse: {
      ping: { enabled: true, intervalMs: 15_000 },
      client: { reconnectAfterInactivityMs: 40_000 },
      // A stream is opened anew every five minutes, so that its credential is looked at again.
      maxDurationMs: 300_000,
    },
    // With `code: number` in place of TRPC_ERROR_CODE_NUMBER the client's error type silently becomes the default shape.
    errorFormatter({ error, ctx }): { code: TRPC_ERROR_CODE_NUMBER; message: string; data: TrpcErrorData } {
      const told = publicErrorOf(error);
      const code = trpcCodeOf(told.status);
      return {
        code: TRPC_ERROR_CODES_BY_KEY[code],
        message: told.message,
        data: {
          code,
          httpStatus: told.status,
          appCode: told.code,
          requestId: ctx?.request.requestId ?? null,
          ...(told.issues === undefined ? {} : { issues: told.issues }),
          ...(told.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: told.retryAfterSeconds }),
        },
      };
    },
  });

export const translateAppErrors = t.middleware(async function translateAppErrors({ next }) {
  const result = await next();
  const refusal = result.ok ? undefined : result.error.cause;
  if (refusal instanceof AppError)
    throw new TRPCError({ code: trpcCodeOf(statusOf(refusal.entry)), message: refusal.message, cause: refusal });
  return result;
});
