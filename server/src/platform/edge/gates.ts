import type { Request, RequestHandler } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError } from '#platform/trpc';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { isJson, jsonFault } from './json-body.ts';

export const CSRF_HEADER = 'x-wph-csrf';

/**
 * Stands before tRPC. Without it a form post, which a browser sends across sites without asking, runs an input-less mutation
 * (SECURITY.md M4, IAM-14).
 */
export const trpcGate: RequestHandler = (request, _response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next(queryFault(request));
  if (request.method !== 'POST') return next(new AppError(requestErrors['method-not-allowed']));
  if (!isJson(request.headers['content-type'])) return next(new AppError(requestErrors['unsupported-media-type']));
  if (request.headers[CSRF_HEADER] !== '1') return next(new AppError(requestErrors['csrf-header-missing']));
  next();
};

function queryFault(request: Request): AppError | undefined {
  const { input } = request.query;
  if (input === undefined) return undefined;
  try {
    if (typeof input === 'string' && jsonFault(JSON.parse(input)) === null && !hasDuplicateKeys(input)) return undefined;
  } catch (cause) {
    return new AppError(requestErrors.malformed, { cause });
  }
  return new AppError(requestErrors.malformed);
}

/** `cookie`: the browser adds the credential by itself, so the page that asks must be ours. `json`: only the form of the body is checked. */
export type Guard = 'none' | 'json' | 'cookie';

/** The checks before a plain route. `origins` are the Hub's own, as in `https://hub.example.com`. */
export function guardHandler(guard: Guard, origins: readonly string[]): RequestHandler {
  return (request, _response, next) => next(guard === 'none' ? undefined : (jsonFaultOf(request) ?? siteFaultOf(request, guard, origins)));
}

function jsonFaultOf(request: Request): AppError | undefined {
  return isJson(request.headers['content-type']) ? undefined : new AppError(requestErrors['unsupported-media-type']);
}

/** SECURITY.md IAM-13. Browsers of before 2023 send no Sec-Fetch-Site; they do send Origin with every POST. */
function siteFaultOf(request: Request, guard: 'json' | 'cookie', origins: readonly string[]): AppError | undefined {
  if (guard === 'cookie' && request.headers[CSRF_HEADER] !== '1') return new AppError(requestErrors['csrf-header-missing']);
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const ours =
    site !== undefined
      ? site === 'same-origin'
      : origin !== undefined
        ? origins.includes(origin)
        : guard === 'json' || request.headers.cookie === undefined;
  return ours ? undefined : new AppError(requestErrors['cross-site']);
}
