import { type AnyTRPCRouter, callTRPCProcedure } from '@trpc/server';
import express, { type IRouter, type Request, type RequestHandler, type Response } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { hasBody, isJson } from '#platform/edge';
import { AppError, type ListedProcedure, listProcedures, type ProcedureContext, type RestAddress } from '#platform/trpc';
import { answerOnce, type OnceTools } from './answer-once.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { inputShapeOf, readRestInput } from './rest-input.ts';

interface RestOptions {
  readonly router: AnyTRPCRouter;
  readonly createContext: (request: Request) => Promise<ProcedureContext>;
  /** Absent: the header `Idempotency-Key` means nothing. */
  readonly once?: OnceTools;
}

export type RestProcedure = ListedProcedure & { readonly meta: { readonly rest: RestAddress } };

/** The procedures that have a REST address, literal segments before parameters, so that `…/sync` is not taken for an id. */
export function restProcedures(router: AnyTRPCRouter): RestProcedure[] {
  const order = (path: string): string => path.replace(/\{\w+\}/g, '\uffff');
  return listProcedures(router)
    .filter((procedure): procedure is RestProcedure => procedure.meta.rest !== undefined)
    .sort((a, b) => (order(a.meta.rest.path) < order(b.meta.rest.path) ? -1 : 1));
}

/** Routes for below `/api/v1`. The edge's `jsonBody` stands before them; errors go on to the edge's error handler. */
export function createRestRouter(options: RestOptions): IRouter {
  const routes = express.Router({ strict: false });
  const methodsOf = new Map<string, string[]>();
  for (const procedure of restProcedures(options.router)) {
    const { method, path } = procedure.meta.rest;
    const expressPath = path.replace(/\{(\w+)\}/g, ':$1');
    methodsOf.set(expressPath, [...(methodsOf.get(expressPath) ?? []), method]);
    routes[toRegister(method)](expressPath, handlerOf(procedure, options));
  }
  for (const [path, methods] of methodsOf) {
    routes.all(path, (_request, response, next) => {
      response.setHeader('Allow', [...methods].sort().join(', '));
      next(new AppError(requestErrors['method-not-allowed']));
    });
  }
  return routes;
}

const toRegister = (method: RestAddress['method']) => method.toLowerCase() as Lowercase<typeof method>;

function handlerOf(procedure: RestProcedure, { router, createContext, once }: RestOptions): RequestHandler {
  const { method, status = 200 } = procedure.meta.rest;
  const shape = inputShapeOf(procedure.inputs);
  const takesBody = method !== 'GET' && method !== 'DELETE';
  return async (request, response) => {
    if (takesBody && hasBody(request) && !isJson(request.headers['content-type']))
      throw new AppError(requestErrors['unsupported-media-type']);
    const body: unknown = takesBody ? request.body : undefined;
    const parts = { params: request.params, query: request.query, body };
    const key =
      once !== undefined && procedure.type === 'mutation' && procedure.meta.kind === 'account' ? idempotencyKeyOf(request) : undefined;
    const context = await createContext(request);
    const answer = async (): Promise<{ readonly status: number; readonly body: string | null }> => {
      const data: unknown = await callTRPCProcedure({
        router,
        path: procedure.path,
        type: procedure.type,
        ctx: context,
        // Read when the procedure asks for it: who may call is decided first.
        getRawInput: async () => readRestInput(shape, parts),
        signal: undefined,
        batchIndex: 0,
      });
      return { status, body: status === 204 ? null : JSON.stringify(data ?? null) };
    };
    if (key === undefined || once === undefined) return send(response, await answer());
    const { permission, rest } = procedure.meta;
    const accountId: unknown =
      request.params.accountId ?? (typeof body === 'object' && body !== null ? Reflect.get(body, 'accountId') : undefined);
    const made = await answerOnce(context, once, { key, route: `${method} ${rest.path}`, permission, accountId, parts }, answer);
    if (made.replayed) response.setHeader('Idempotency-Replayed', 'true');
    send(response, made);
  };
}

function send(response: Response, { status, body }: { readonly status: number; readonly body: string | null }): void {
  response.status(status);
  if (body === null) response.end();
  else response.setHeader('Content-Type', 'application/json; charset=utf-8').end(body);
}
