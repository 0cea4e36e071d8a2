import { followEvents } from './event-stream.ts';

export type Fetch = (address: string, init?: RequestInit) => Promise<Response>;

/** An `EventSource` over fetch: the browser's own cannot send headers, and a token never goes into an address. */
export function fetchEventSource(fetch: Fetch) {
  return class FetchEventSource extends EventTarget {
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSED = 2;
    readyState = 0;
    readonly #ending = new AbortController();

    constructor(address: string) {
      super();
      void followEvents({
        open: (signal, lastEventId) =>
          fetch(address, {
            signal,
            headers: { accept: 'text/event-stream', ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }) },
          }),
        onOpen: () => this.#become(this.OPEN, 'open'),
        onEvent: ({ type, data, lastEventId }) => this.dispatchEvent(new MessageEvent(type, { data, lastEventId })),
        onGone: (how) => this.#become(how === 'refused' ? this.CLOSED : this.CONNECTING, 'error'),
        signal: this.#ending.signal,
      }).catch(() => this.#become(this.CLOSED, 'error'));
    }

    close(): void {
      this.readyState = this.CLOSED;
      this.#ending.abort();
    }

    #become(state: 0 | 1 | 2, event: 'open' | 'error'): void {
      if (this.#ending.signal.aborted) return;
      this.readyState = state;
      this.dispatchEvent(new Event(event));
    }
  };
}
