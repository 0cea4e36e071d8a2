import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError } from '#platform/trpc';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** PostgreSQL takes no text with this character, wherever in the address it was meant for. */
const NUL = /%00/;

/**
 * Refuses what no client of ours sends (SECURITY.md HT-09). A host is ours when it is listed, an address, or `localhost`:
 * a page that rebinds its own name to this machine always sends that name.
 */
export function requestChecks(hostNames: readonly string[] | 'any'): RequestHandler {
  const ours = new Set(hostNames === 'any' ? [] : hostNames.map((name) => name.toLowerCase()));
  return (request, response, next) => {
    if (!METHODS.has(request.method)) {
      response.setHeader('Allow', [...METHODS].join(', '));
      return next(new AppError(requestErrors['method-not-allowed']));
    }
    if (request.httpVersion !== '1.1') return next(new AppError(requestErrors['http-version']));
    if (!request.url.startsWith('/') || NUL.test(request.url) || hasTwoHosts(request) || hasOddCoding(request))
      return next(new AppError(requestErrors.malformed));
    const name = hostNameOf(request.headers.host);
    if (name === null || !(hostNames === 'any' || ours.has(name) || name === 'localhost' || isIP(name) !== 0))
      return next(new AppError(requestErrors['unknown-host']));
    next();
  };
}

/** Node shows the first and drops the second; what stands in front may have looked at the other one. */
const hasTwoHosts = ({ rawHeaders }: IncomingMessage): boolean =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length > 1;

/** Node takes a coding it does not know for a request without a body, and the body for the next request. */
const hasOddCoding = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined && headers['transfer-encoding'].toLowerCase() !== 'chunked';

function hostNameOf(host: string | undefined): string | null {
  if (host === undefined || !/^[a-z0-9.\-:[\]]{1,255}$/i.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
}
