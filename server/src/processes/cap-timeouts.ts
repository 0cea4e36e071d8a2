import type { HttpClient, HttpRequest } from '#platform/http';

/** Requests that ask for more than this carry files, and their lane's lease was lengthened for them. */
const ORDINARY_MS = 15_000;

/** The same client with ordinary requests cut short, so that none outlives the lease it works under (RL-07). */
export function capTimeouts(http: HttpClient, capMs: number): HttpClient {
  const capped = (request: HttpRequest): HttpRequest => {
    const asked = request.timeoutMs ?? 10_000;
    return asked > ORDINARY_MS ? request : { ...request, timeoutMs: Math.min(asked, capMs) };
  };
  return { request: (request) => http.request(capped(request)), stream: (request) => http.stream(capped(request)) };
}
