import type { Clock } from '#platform/clock';
import type { HttpClient } from '#platform/http';
import { createHttpClient } from '#platform/http';

/** The real client, let through to the loopback. `patienceMs` caps every time limit, so that a test of a time-out is short. */
export function wireClient(patienceMs = 2_000): HttpClient {
  const client = createHttpClient({
    policy: { allowHosts: ['127.0.0.1'], allowCidrs: [], denyAddresses: [], httpAllowed: true },
    userAgent: 'conformance',
  });
  return {
    request: (request) => client.request({ ...request, timeoutMs: Math.min(request.timeoutMs ?? patienceMs, patienceMs) }),
    stream: (request) => client.stream({ ...request, timeoutMs: Math.min(request.timeoutMs ?? patienceMs, patienceMs) }),
  };
}

/** A clock that stands still. */
export const testClock = (now = new Date('2026-03-01T12:00:00.000Z')): Clock => ({ now: () => now, monotonicMs: () => 0 });
