import { Secret } from '#platform/crypto';

/** `postgresql://user:password@host:port/database?…` with everything needed to connect. */
export type DatabaseUrl = Secret;

interface UrlChange {
  readonly user?: string;
  readonly password?: Secret;
  readonly database?: string;
}

/** The same server with another user or database. */
export function changeUrl(url: DatabaseUrl, change: UrlChange): DatabaseUrl {
  const changed = new URL(url.expose());
  // A unix socket address has no host; without one the user cannot be set. The `host` parameter still wins.
  if (changed.hostname === '') changed.hostname = 'localhost';
  if (change.user !== undefined) changed.username = encodeURIComponent(change.user);
  if (change.password !== undefined) changed.password = encodeURIComponent(change.password.expose());
  if (change.database !== undefined) changed.pathname = `/${encodeURIComponent(change.database)}`;
  return new Secret(changed.href);
}

/** For messages: host, port and database, never user or password. */
export function describeUrl(url: DatabaseUrl): string {
  const { hostname, port, pathname } = new URL(url.expose());
  return `${hostname}:${port || '5432'}${pathname}`;
}

export function databaseOf(url: DatabaseUrl): string {
  return decodeURIComponent(new URL(url.expose()).pathname.slice(1));
}
