import { STATUS_CODES } from 'node:http';
import type { Response } from 'express';
import type { PublicError, PublicIssue } from '#platform/trpc';

/** RFC 9457, with our code, the request's id and what is wrong with the input. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly issues?: readonly PublicIssue[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function problemOf(told: PublicError, requestId: string): Problem {
  return {
    type: `urn:whatpro-hub:error:${told.code}`,
    title: STATUS_CODES[told.status] ?? 'Error',
    status: told.status,
    detail: told.message,
    code: told.code,
    requestId,
    ...(told.issues === undefined ? {} : { issues: told.issues }),
  };
}

export function sendProblem(response: Response, told: PublicError, requestId: string): void {
  if (told.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(told.retryAfterSeconds));
  if (told.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response
    .status(told.status)
    .setHeader('Content-Type', PROBLEM_MEDIA_TYPE)
    .end(JSON.stringify(problemOf(told, requestId)));
}
