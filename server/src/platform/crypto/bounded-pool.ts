/** Runs at most `concurrency` jobs at once and keeps at most `queueLimit` waiting; one more is `busy`. */
export interface BoundedPool {
  run<T>(job: () => Promise<T>): Promise<T | 'busy'>;
}

export function createBoundedPool(concurrency: number, queueLimit: number): BoundedPool {
  const waiting: (() => void)[] = [];
  let running = 0;

  function takeSlot(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  /** The slot passes to the next in line without being free in between. */
  function leaveSlot(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  return {
    async run(job) {
      if (running >= concurrency && waiting.length >= queueLimit) return 'busy';
      await takeSlot();
      try {
        return await job();
      } finally {
        leaveSlot();
      }
    },
  };
}
