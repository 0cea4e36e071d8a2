import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError, publicErrorOf } from '#platform/trpc';
import { sendProblem } from './problem.ts';
import { requestFactsOf } from './request-facts.ts';

/** Told of every error that became an answer, with the request it answers. */
export type OnEdgeError = (error: unknown, request: Request) => void;

export const notFound: RequestHandler = (_request, _response, next) => {
  next(new AppError(requestErrors['not-found']));
};

/** The last of an app. Express's own would print the stack to the caller (SECURITY.md HT-06). */
export function errorHandler(onError: OnEdgeError): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const known = fromParser(error) ?? error;
    onError(known, request);
    if (response.headersSent) {
      request.socket.destroy();
      return;
    }
    sendProblem(response, publicErrorOf(known), requestFactsOf(request).requestId);
  };
}

/** What Express and its body parser throw carries a 4xx `status`; their texts may quote the request and are dropped. */
function fromParser(error: unknown): AppError | null {
  if (typeof error !== 'object' || error === null || error instanceof AppError || !('status' in error)) return null;
  if (error.status === 404) return new AppError(requestErrors['not-found'], { cause: error });
  if (error.status === 413) return new AppError(requestErrors['too-large'], { cause: error });
  if (error.status === 415) return new AppError(requestErrors['unsupported-media-type'], { cause: error });
  if (typeof error.status === 'number' && error.status >= 400 && error.status < 500)
    return new AppError(requestErrors.malformed, { cause: error });
  return null;
}
