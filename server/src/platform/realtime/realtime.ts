import { EventEmitter } from 'node:events';

export interface LiveEvent {
  readonly topic: 'messages' | 'instances' | 'inboxes' | 'credentials';
  /** Rows that changed; the reader loads them through its own rights. */
  readonly ids: readonly string[];
}

/** Carries live events to the other processes. Without one, this process is alone. */
export interface LiveTransport {
  publish(accountId: string, events: readonly LiveEvent[]): Promise<void>;
  subscribe(onEvents: (accountId: string, events: readonly LiveEvent[]) => void): Promise<void>;
  close(): Promise<void>;
}

export interface Live {
  /** Says that rows of an account changed. Cheap; repeated ids within a short time become one. */
  changed(accountId: string, topic: LiveEvent['topic'], ids: readonly string[]): void;
  /** The events of one account until the signal ends. */
  watch(accountId: string, signal: AbortSignal): AsyncIterable<LiveEvent>;
  close(): Promise<void>;
}

/** Long enough to join a burst, short enough that a screen feels immediate. */
const JOIN_MS = 60;
/** A reader that does not keep up is told less, never more slowly: its oldest events go first. */
const BACKLOG_MAX = 1_000;

/** Live events of accounts, within this process and, through a transport, across all of them. Content never travels here. */
export function createLive(transport: LiveTransport | null, onError: (error: unknown) => void): Live {
  const emitter = new EventEmitter().setMaxListeners(0);
  const pending = new Map<string, Map<LiveEvent['topic'], Set<string>>>();
  let timer: NodeJS.Timeout | null = null;

  void transport?.subscribe((accountId, events) => deliver(accountId, events)).catch(onError);

  function deliver(accountId: string, events: readonly LiveEvent[]): void {
    for (const event of events) emitter.emit(accountId, event);
  }

  function flush(): void {
    timer = null;
    for (const [accountId, topics] of pending) {
      const events = [...topics].map(([topic, ids]) => ({ topic, ids: [...ids] }));
      deliver(accountId, events);
      transport?.publish(accountId, events).catch(onError);
    }
    pending.clear();
  }

  return {
    changed(accountId, topic, ids) {
      if (!transport && emitter.listenerCount(accountId) === 0) return;
      const topics = pending.get(accountId) ?? new Map<LiveEvent['topic'], Set<string>>();
      const known = topics.get(topic) ?? new Set<string>();
      for (const id of ids) known.add(id);
      topics.set(topic, known);
      pending.set(accountId, topics);
      timer ??= setTimeout(flush, JOIN_MS);
    },
    async *watch(accountId, signal) {
      const backlog: LiveEvent[] = [];
      let wakeUp: (() => void) | null = null;
      const listener = (event: LiveEvent): void => {
        backlog.push(event);
        if (backlog.length > BACKLOG_MAX) backlog.shift();
        wakeUp?.();
      };
      const ended = (): void => wakeUp?.();
      emitter.on(accountId, listener);
      signal.addEventListener('abort', ended);
      try {
        while (!signal.aborted) {
          const event = backlog.shift();
          if (event) yield event;
          else await new Promise<void>((resolve) => (wakeUp = resolve));
        }
      } finally {
        emitter.off(accountId, listener);
        signal.removeEventListener('abort', ended);
      }
    },
    async close() {
      if (timer) clearTimeout(timer);
      await transport?.close();
    },
  };
}
