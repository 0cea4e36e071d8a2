import type { ChangePassword, SignedIn, SignIn, User } from '@whatpro/sdk/contract';
import { HubError, offline, problemOf } from '../api/hub-error.ts';
import type { Fetch } from '../api/fetch-event-source.ts';
import { createTokenKeeper } from './token-keeper.ts';

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

export function createSession(parts: SessionParts): Session {
  const store = createStore();
  const keeper = createTokenKeeper(parts.now, renew);
  const send = sender(parts.fetch, keeper.bearer);

  function hold(signedIn: SignedIn): void {
    keeper.hold(signedIn);
    parts.hint.write(true);
    store.become({ status: 'signed-in', user: signedIn.user });
  }

  function letGo(ended: boolean): void {
    keeper.drop();
    parts.hint.write(false);
    store.become({ status: 'signed-out', ended });
  }

  async function post(path: string, body: object): Promise<Response> {
    const response = await send(`/api/v1/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function renew(): Promise<void> {
    const wasSignedIn = isSignedIn();
    try {
      const response = await parts.alone(() => post('refresh', {}));
      hold((await response.json()) as SignedIn);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      letGo(wasSignedIn);
    }
  }

  const isSignedIn = (): boolean => store.read().status === 'signed-in';
  const renewWhenOld = async (): Promise<void> => {
    if (isSignedIn() && keeper.isOld()) await keeper.renew();
  };

  return {
    read: store.read,
    subscribe: store.subscribe,
    async start() {
      if (parts.hint.read()) await keeper.renew().catch(() => store.become({ status: 'signed-out', ended: false }));
      else store.become({ status: 'signed-out', ended: false });
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
      const state = store.read();
      if (state.status === 'signed-in') store.become({ status: 'signed-in', user: { ...state.user, mustChangePassword: false } });
    },
    async fetch(address, init = {}) {
      await renewWhenOld();
      const { authorization } = keeper.bearer();
      const response = await send(address, init);
      if (response.status !== 401 || authorization === undefined || !isSignedIn()) return response;
      if (keeper.isCurrent(authorization)) await keeper.renew();
      return isSignedIn() ? send(address, init) : response;
    },
  };
}

function createStore() {
  const listeners = new Set<() => void>();
  let state: SessionState = { status: 'starting' };
  return {
    read: (): SessionState => state,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    become(next: SessionState): void {
      state = next;
      for (const listener of listeners) listener();
    },
  };
}

function sender(
  fetch: Fetch,
  bearer: () => { readonly authorization?: string },
): (address: string, init: RequestInit) => Promise<Response> {
  return async (address, init) => {
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
  };
}

/** The Hub said no; an outage, or "too many", says nothing about the session. */
const isRefusal = (error: unknown): boolean =>
  error instanceof HubError && error.retryAfterSeconds === null && (error.code.startsWith('access/') || error.code === 'http/401');
