/** A stream that lasts as long as `check` does not throw, asked every `everyMs`. What it throws ends the stream. */
export async function* whileAllowed<T>(source: AsyncIterable<T>, check: () => Promise<void>, everyMs: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<T>> | null = null;
  let tick = ticking(everyMs);
  try {
    for (;;) {
      next ??= iterator.next();
      const first = await Promise.race([tick.due, next]);
      if (first === 'due') {
        await check();
        tick = ticking(everyMs);
        continue;
      }
      next = null;
      if (first.done === true) return;
      yield first.value;
    }
  } finally {
    tick.stop();
    // A generator that waits ends only when its own signal does, so nobody waits for it here.
    next?.catch(() => undefined);
    void iterator.return?.().catch(() => undefined);
  }
}

function ticking(afterMs: number): { readonly due: Promise<'due'>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const due = new Promise<'due'>((resolve) => (timer = setTimeout(() => resolve('due'), afterMs)));
  return { due, stop: () => clearTimeout(timer) };
}
