import type { Request, RequestHandler } from 'express';

export interface Answered {
  readonly method: string;
  /** The route's pattern, never an address with values in it. */
  readonly route: string;
  /** 499: the caller went away before the answer was complete. */
  readonly status: number;
  readonly seconds: number;
}

export type OnAnswered = (answered: Answered, request: Request) => void;

const CALLER_LEFT = 499;

/** Tells of every answer, whatever became of it. */
export function observeAnswers(onAnswered: OnAnswered): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : CALLER_LEFT;
      onAnswered({ method: request.method, route: routeOf(request), status, seconds: (performance.now() - start) / 1_000 }, request);
    });
    next();
  };
}

const MOUNTS = ['/api/v1', '/trpc', '/assets', '/sandbox'];

/** Express forgets where a router was mounted once an error left it, so the mount is read from the address. */
function routeOf(request: Request): string {
  const pattern: unknown = request.route === undefined ? '' : Reflect.get(request.route as object, 'path');
  const path = typeof pattern === 'string' ? pattern : '';
  const mount = MOUNTS.find((candidate) => request.originalUrl.startsWith(`${candidate}/`)) ?? '';
  if (path.startsWith(mount) && path !== '') return path;
  return path === '' && mount === '' ? 'other' : `${mount}${path}`;
}
