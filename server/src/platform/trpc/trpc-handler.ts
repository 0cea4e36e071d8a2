import type { AnyTRPCRouter } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { Request, RequestHandler } from 'express';
import type { ProcedureContext } from './context.ts';

export const MAX_BATCH = 10;

interface TrpcHandlerOptions {
  readonly router: AnyTRPCRouter;
  readonly createContext: (request: Request) => Promise<ProcedureContext>;
  /** Told of every error, refusals included. */
  readonly onError: (failure: { readonly error: unknown; readonly path: string | undefined; readonly request: Request }) => void;
}

/** The router at its own path. The edge's `trpcGate` and `jsonBody` stand before it. */
export function createTrpcHandler({ router, createContext, onError }: TrpcHandlerOptions): RequestHandler {
  return createExpressMiddleware<AnyTRPCRouter>({
    router,
    createContext: ({ req }) => createContext(req),
    maxBatchSize: MAX_BATCH,
    allowMethodOverride: false,
    onError: ({ error, path, req }) => onError({ error, path, request: req }),
  });
}
