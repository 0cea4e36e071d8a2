import { HubError, offline } from '../../../api/hub-error.ts';
import { followEvents } from '../../../api/event-stream.ts';
import type { StreamEvent } from '../../../api/event-stream.ts';
import type { OpenStream } from '../../../api/shared-stream.ts';

/** One of the two pretend systems, by the door it keeps for this page. */
export interface Peer {
  /** Where it is mounted; tells the two apart. */
  readonly url: string;
  readonly ask: <Answer>(path: string, signal?: AbortSignal) => Promise<Answer>;
  readonly tell: <Answer>(method: 'POST' | 'PUT', path: string, body: object) => Promise<Answer>;
  /** A file, from below `/ui` or, with `/rails/…`, from where Chatwoot keeps it. */
  readonly file: (path: string, signal?: AbortSignal) => Promise<Blob>;
  /** What changes there, until the signal ends. */
  readonly follow: OpenStream<StreamEvent>;
}

/** `onRefused`: the key is no longer good, because the Hub was started anew. */
export function openPeer(url: string, uiKey: string, onRefused: () => void): Peer {
  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('x-sandbox-ui', uiKey);
    headers.set('x-wph-csrf', '1');
    try {
      return await fetch(`${url}${path}`, { ...init, headers });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw offline(cause);
    }
  }

  async function checked(path: string, init: RequestInit): Promise<Response> {
    const response = await send(path, init);
    if (response.ok) return response;
    const body: unknown = await response.json().catch(() => null);
    const said = typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : `HTTP ${response.status}`;
    throw new HubError(`http/${response.status}`, said);
  }

  // What the peers answer is described in peers/*.ts, by hand: they are no part of the Hub's contract.
  const read = async <Answer>(response: Response): Promise<Answer> => (await response.json()) as Answer;

  return {
    url,
    ask: async (path, signal) => read(await checked(`/ui${path}`, signal === undefined ? {} : { signal })),
    tell: async (method, path, body) =>
      read(await checked(`/ui${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })),
    file: async (path, signal) =>
      (await checked(path.startsWith('/rails/') ? path : `/ui${path}`, signal === undefined ? {} : { signal })).blob(),
    follow: (listener, signal) =>
      followEvents({
        open: (ending) => send('/ui/events', { signal: ending, headers: { accept: 'text/event-stream' } }),
        onOpen: listener.onOpen,
        onEvent: listener.onEvent,
        onGone: (how) => {
          listener.onGone();
          if (how === 'refused') onRefused();
        },
        signal,
      }),
  };
}
