import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError } from '#platform/trpc';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Refuses what no client of ours sends (SECURITY.md HT-09). A host is ours when it is listed, an address, or `localhost`:
 * a page that rebinds its own name to this machine always sends that name.
 */
export function requestChecks(hostNames: readonly string[]): RequestHandler {
  const ours = new Set(hostNames.map((name) => name.toLowerCase()));
  return (request, response, next) => {
    if (!METHODS.has(request.method)) {
      response.setHeader('Allow', [...METHODS].join(', '));
      return next(new AppError(requestErrors['method-not-allowed']));
    }
    if (request.httpVersion !== '1.1') return next(new AppError(requestErrors['http-version']));
    if (!request.url.startsWith('/')) return next(new AppError(requestErrors.malformed));
    const name = hostNameOf(request.headers.host);
    if (name === null || !(ours.has(name) || name === 'localhost' || isIP(name) !== 0))
      return next(new AppError(requestErrors['unknown-host']));
    next();
  };
}

function hostNameOf(host: string | undefined): string | null {
  if (host === undefined || !/^[a-z0-9.\-:[\]]{1,255}$/i.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
}
