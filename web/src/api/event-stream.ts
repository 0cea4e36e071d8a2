/** One event of a `text/event-stream` answer. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  /** The last id seen so far; empty when there was none. */
  readonly lastEventId: string;
}

/** Reads events as they arrive, until the stream ends. Comments and retry hints are passed over. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  let type = '';
  let data: string[] = [];
  let lastEventId = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { type: type || 'message', data: data.join('\n'), lastEventId };
          type = '';
          data = [];
          continue;
        }
        const [field, text] = fieldOf(line);
        if (field === 'event') type = text;
        else if (field === 'data') data.push(text);
        else if (field === 'id') lastEventId = text;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  if (colon === -1) return [line, ''];
  return [line.slice(0, colon), line.slice(line.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1)];
}

export interface Following {
  /** Opens the stream. Called again, after a pause, whenever it ends. */
  readonly open: (signal: AbortSignal, lastEventId: string) => Promise<Response>;
  /** Called each time the stream is open: what was missed since is not repeated. */
  readonly onOpen: () => void;
  readonly onEvent: (event: StreamEvent) => void;
  /** `refused`: it will not be opened again. */
  readonly onGone: (how: 'interrupted' | 'refused') => void;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Keeps a stream open until the signal ends. A refusal other than "too many" or "busy" ends it too. */
export async function followEvents({ open, onOpen, onEvent, onGone, signal }: Following): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  let lastEventId = '';
  while (!signal.aborted) {
    try {
      const response = await open(signal, lastEventId);
      if (response.status >= 400 && response.status < 500 && response.status !== 429) return onGone('refused');
      if (response.ok && response.body !== null) {
        onOpen();
        for await (const event of readEvents(response.body)) {
          pauseMs = FIRST_PAUSE_MS;
          lastEventId = event.lastEventId;
          onEvent(event);
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof TypeError === false && error instanceof DOMException === false && !isOffline(error)) throw error;
    }
    if (signal.aborted) return;
    onGone('interrupted');
    await pause(pauseMs, signal);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

const isOffline = (error: unknown): boolean => error instanceof Error && error.name === 'HubError';

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
