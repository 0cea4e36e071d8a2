import type { PlainRoute } from '#platform/edge';

/** A route that no procedure stands behind, as the table lists it. */
export interface RouteRow {
  readonly path: string;
  readonly methods: string;
  /** What keeps strangers out. */
  readonly guard: string;
}

/**
 * Every address of the Hub that is not a procedure, with its guard. `api.ts` mounts them; the census compares this table
 * with what is mounted.
 */
export const httpRoutes: readonly RouteRow[] = [
  { path: '/hooks/:source/:token', methods: 'POST', guard: 'secret address; the sender’s proof where it has one' },
  { path: '/api/v1/auth/login', methods: 'POST', guard: 'JSON; sign-in limits' },
  { path: '/api/v1/auth/refresh', methods: 'POST', guard: 'refresh cookie; JSON, own header, same site' },
  { path: '/api/v1/auth/logout', methods: 'POST', guard: 'refresh cookie; JSON, own header, same site' },
  { path: '/api/v1/instance-tokens/validate', methods: 'GET', guard: 'session or API key; limited like any operation' },
  { path: '/.well-known/jwks.json', methods: 'GET', guard: 'public' },
  { path: '/api/v1/accounts/:accountId/audit.csv', methods: 'GET', guard: 'account; audit:read' },
  { path: '/api/v1/openapi.json', methods: 'GET', guard: 'public outside production' },
  { path: '/docs', methods: 'GET', guard: 'public outside production' },
  { path: '/panel', methods: 'GET', guard: 'absent in production' },
  { path: '/panel/panel.js', methods: 'GET', guard: 'absent in production' },
  { path: '/metrics', methods: 'GET', guard: 'absent in production; there on the port of HUB_METRICS_PORT' },
  { path: '/health/live', methods: 'GET', guard: 'public' },
  { path: '/health/ready', methods: 'GET', guard: 'public' },
  { path: '/health/deep', methods: 'GET', guard: 'operator' },
];

/** Mounted routes that the table does not know, and the reverse. Empty when they agree. */
export function routeFaults(mounted: readonly Pick<PlainRoute, 'method' | 'path'>[], inProduction: boolean): string[] {
  const listed = httpRoutes.filter((row) => !inProduction || !/absent in production|outside production/.test(row.guard));
  const name = (method: string, path: string): string => `${method.toUpperCase()} ${path}`;
  const have = new Set(mounted.map((route) => name(route.method, route.path)));
  const want = new Set(listed.map((row) => name(row.methods, row.path)));
  return [
    ...[...have].filter((route) => !want.has(route)).map((route) => `${route} is mounted and not in the table.`),
    ...[...want].filter((route) => !have.has(route)).map((route) => `${route} is in the table and not mounted.`),
  ];
}
