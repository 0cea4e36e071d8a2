import type { ChangePassword, SignedIn, SignIn, User } from '@whatpro/sdk/contract';
import { HubError, offline, problemOf } from '../api/hub-error.ts';
import type { Fetch } from '../api/fetch-event-source.ts';

export type SessionState =
  | { readonly status: 'starting' }
  | { readonly status: 'signed-out'; readonly ended: boolean }
  | { readonly status: 'signed-in'; readonly user: User };

export interface Session {
  readonly read: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Looks once whether the browser still holds a session. */
  readonly start: () => Promise<void>;
  readonly signIn: (input: SignIn) => Promise<void>;
  readonly signOut: () => Promise<void>;
  readonly changePassword: (input: ChangePassword) => Promise<void>;
  /** Adds the access token, and asks again once when the token was refused. */
  readonly fetch: Fetch;
}

export interface SessionParts {
  readonly fetch: Fetch;
  /** One tab at a time: a refresh token used twice ends the session. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether a sign-in ever happened here. Holds no credential; spares new visitors a refused request. */
  readonly hint: { readonly read: () => boolean; readonly write: (signedIn: boolean) => void };
  readonly now: () => number;
}

/** A token this close to its end is renewed before it is used. */
const RENEW_BEFORE_MS = 20_000;

export function createSession({ fetch, alone, hint, now }: SessionParts): Session {
  const listeners = new Set<() => void>();
  let state: SessionState = { status: 'starting' };
  let access: { readonly token: string; readonly expiresAtMs: number } | null = null;
  let renewing: Promise<void> | null = null;

  function become(next: SessionState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function hold({ accessToken, expiresAt, user }: SignedIn): void {
    access = { token: accessToken, expiresAtMs: Date.parse(expiresAt) };
    hint.write(true);
    become({ status: 'signed-in', user });
  }

  function letGo(ended: boolean): void {
    access = null;
    hint.write(false);
    become({ status: 'signed-out', ended });
  }

  async function post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json', 'x-wph-csrf': '1', ...bearer() };
    const response = await fetch(`/api/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body), credentials: 'same-origin' }).catch(
      (cause: unknown) => Promise.reject(offline(cause)),
    );
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  const bearer = (): { authorization?: string } => (access === null ? {} : { authorization: `Bearer ${access.token}` });

  async function renewOnce(): Promise<void> {
    const wasSignedIn = state.status === 'signed-in';
    try {
      access = null;
      const response = await alone(() => post('refresh', {}));
      hold((await response.json()) as SignedIn);
    } catch (error) {
      if (!(error instanceof HubError) || error.retryAfterSeconds !== null || !isRefusal(error)) throw error;
      letGo(wasSignedIn);
    }
  }

  const renew = (): Promise<void> => (renewing ??= renewOnce().finally(() => (renewing = null)));

  async function send(address: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('x-wph-csrf', '1');
    const { authorization } = bearer();
    if (authorization !== undefined) headers.set('authorization', authorization);
    try {
      return await fetch(address, { ...init, headers, credentials: 'same-origin' });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw offline(cause);
    }
  }

  return {
    read: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      if (hint.read()) await renew().catch(() => become({ status: 'signed-out', ended: false }));
      else become({ status: 'signed-out', ended: false });
    },
    async signIn(input) {
      const response = await post('login', input);
      hold((await response.json()) as SignedIn);
    },
    async signOut() {
      await post('logout', {}).catch(() => undefined);
      letGo(false);
    },
    async changePassword(input) {
      await renewWhenOld();
      await post('password', input);
      if (state.status === 'signed-in') become({ status: 'signed-in', user: { ...state.user, mustChangePassword: false } });
    },
    async fetch(address, init = {}) {
      await renewWhenOld();
      const used = access;
      const response = await send(address, init);
      if (response.status !== 401 || used === null || state.status !== 'signed-in') return response;
      if (access === used) await renew();
      return access === null ? response : send(address, init);
    },
  };

  async function renewWhenOld(): Promise<void> {
    if (state.status === 'signed-in' && (access === null || access.expiresAtMs - now() < RENEW_BEFORE_MS)) await renew();
  }
}

const isRefusal = ({ code }: HubError): boolean => code.startsWith('access/') || code === 'http/401';
