/** Tries until it does not throw; the last error is thrown when the time is over. Default 10 s. */
export async function eventually<T>(attempt: () => T | Promise<T>, { timeoutMs = 10_000, everyMs = 20 } = {}): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
