import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import { z } from 'zod';
import { type ErrorKind, requestErrors } from '@whatpro/sdk/contract';
import { isTransient } from '#platform/database';
import { AppError } from './app-error.ts';

export interface PublicIssue {
  /** Where in the input, such as `content.text` or `items.3`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** Everything a caller may learn of a failure. The same for REST, tRPC and plain routes. */
export interface PublicError {
  /** Such as `instances/not-found`. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  readonly issues?: readonly PublicIssue[];
  readonly retryAfterSeconds?: number;
}

const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limit_reached: 429,
  precondition: 412,
  unavailable: 503,
};

const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  [requestErrors['method-not-allowed'].code, 405],
  [requestErrors['too-large'].code, 413],
  [requestErrors['unsupported-media-type'].code, 415],
  [requestErrors['unknown-host'].code, 421],
  [requestErrors.internal.code, 500],
  [requestErrors['http-version'].code, 505],
]);

const TRPC_CODE_OF_STATUS: ReadonlyMap<number, TRPC_ERROR_CODE_KEY> = new Map([
  [400, 'BAD_REQUEST'],
  [401, 'UNAUTHORIZED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [405, 'METHOD_NOT_SUPPORTED'],
  [409, 'CONFLICT'],
  [412, 'PRECONDITION_FAILED'],
  [413, 'PAYLOAD_TOO_LARGE'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
  [422, 'UNPROCESSABLE_CONTENT'],
  [429, 'TOO_MANY_REQUESTS'],
  [503, 'SERVICE_UNAVAILABLE'],
]);

const ENTRY_OF_TRPC_CODE: Partial<Record<TRPC_ERROR_CODE_KEY, AppError['entry']>> = {
  PARSE_ERROR: requestErrors.malformed,
  BAD_REQUEST: requestErrors.invalid,
  NOT_FOUND: requestErrors['not-found'],
  METHOD_NOT_SUPPORTED: requestErrors['method-not-allowed'],
  PAYLOAD_TOO_LARGE: requestErrors['too-large'],
  UNSUPPORTED_MEDIA_TYPE: requestErrors['unsupported-media-type'],
};

export const statusOf = (entry: AppError['entry']): number => entry.status ?? STATUS_OF_CODE.get(entry.code) ?? STATUS_OF_KIND[entry.kind];

export const trpcCodeOf = (status: number): TRPC_ERROR_CODE_KEY => TRPC_CODE_OF_STATUS.get(status) ?? 'INTERNAL_SERVER_ERROR';

/** What may be told of any thrown value. Whatever is not an expected refusal becomes `request/internal`, without its text. */
export function publicErrorOf(error: unknown): PublicError {
  if (error instanceof AppError) return { ...fromEntry(error.entry, error.retryAfterSeconds), ...withIssues(error.cause) };
  if (error instanceof TRPCError) {
    if (error.cause instanceof AppError) return publicErrorOf(error.cause);
    const entry = ENTRY_OF_TRPC_CODE[error.code];
    if (entry !== undefined) return { ...fromEntry(entry), ...withIssues(error.cause) };
  }
  const cause = error instanceof TRPCError ? error.cause : error;
  return isTransient(cause) ? fromEntry(requestErrors.busy, 1) : fromEntry(requestErrors.internal);
}

function fromEntry(entry: AppError['entry'], retryAfterSeconds?: number): PublicError {
  return {
    code: entry.code,
    kind: entry.kind,
    status: statusOf(entry),
    message: entry.message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** What zod found wrong; nothing for any other cause. */
function withIssues(cause: unknown): { readonly issues?: readonly PublicIssue[] } {
  if (!(cause instanceof z.core.$ZodError)) return {};
  const issues = cause.issues
    .slice(0, 20)
    .map((issue) => ({ path: issue.path.map(String).join('.').slice(0, 200), message: issue.message.slice(0, 300) }));
  return { issues };
}
