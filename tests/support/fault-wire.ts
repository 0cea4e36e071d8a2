import { Agent, request } from 'undici';

export interface Answer {
  /** 0: no answer. */
  readonly status: number;
  readonly body: string;
}

const agent = new Agent({ connections: 64, keepAliveTimeout: 20_000 });

/** One request; an error of the wire is an answer too. */
export async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  try {
    const answer = await request(url, {
      method,
      dispatcher: agent,
      headers: { 'content-type': 'application/json', ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body }),
      headersTimeout: options.timeoutMs ?? 30_000,
      bodyTimeout: options.timeoutMs ?? 30_000,
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? error.message : String(error) };
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until it holds. False: it did not in that time. */
export async function waitUntil(holds: () => boolean | Promise<boolean>, withinMs: number, everyMs = 25): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > deadline) return false;
    await pause(everyMs);
  }
}

/** `percentile(values, 0.95)`; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function groupBy<Value, Key>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** Mulberry32: the same row of numbers between 0 and 1 for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
