export interface StreamListener<Event> {
  /** The stream is open: what was missed must be loaded. */
  readonly onOpen: () => void;
  readonly onEvent: (event: Event) => void;
  readonly onGone: () => void;
}

/** Keeps a stream open until the signal ends. */
export type OpenStream<Event> = (listener: StreamListener<Event>, signal: AbortSignal) => Promise<void>;

type Word<Event> = { readonly say: 'who-leads' | 'open' | 'gone' } | { readonly say: 'event'; readonly event: Event };

/**
 * One stream for all tabs: the tab that holds the lock keeps it open and passes on what it hears. A browser keeps six
 * connections to one host, so two windows with three streams each would leave none for anything else.
 * Where there are no locks (an origin without TLS) each tab has its own.
 */
export async function shareStream<Event>(
  name: string,
  open: OpenStream<Event>,
  listener: StreamListener<Event>,
  signal: AbortSignal,
): Promise<void> {
  if (!('locks' in navigator)) return open(listener, signal);
  const channel = new BroadcastChannel(name);
  signal.addEventListener('abort', () => channel.close());
  let leads = false;
  let isOpen = false;
  const say = (word: Word<Event>): void => {
    if (!signal.aborted) channel.postMessage(word);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Word<Event>>) => {
    if (data.say === 'who-leads') {
      if (leads && isOpen) say({ say: 'open' });
    } else if (!leads) {
      hear(data, listener);
    }
  });
  say({ say: 'who-leads' });
  const passingOn: StreamListener<Event> = {
    onOpen() {
      isOpen = true;
      listener.onOpen();
      say({ say: 'open' });
    },
    onEvent(event) {
      listener.onEvent(event);
      say({ say: 'event', event });
    },
    onGone() {
      isOpen = false;
      listener.onGone();
      say({ say: 'gone' });
    },
  };
  try {
    await navigator.locks.request(name, { signal }, async () => {
      leads = true;
      await open(passingOn, signal);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function hear<Event>(word: Word<Event>, listener: StreamListener<Event>): void {
  if (word.say === 'event') listener.onEvent(word.event);
  else if (word.say === 'open') listener.onOpen();
  else if (word.say === 'gone') listener.onGone();
}
