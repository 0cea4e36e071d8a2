import { describe, expect, it } from 'vitest';
import { whileAllowed } from './while-allowed.ts';

/** Gives what is in it, then waits until it is ended. */
async function* source(values: readonly number[], ended: { yes: boolean }, until: Promise<void>): AsyncGenerator<number> {
  try {
    yield* values;
    await until;
  } finally {
    ended.yes = true;
  }
}

describe('a stream', () => {
  it('gives everything while it is allowed, and ends when its source does', async () => {
    const ended = { yes: false };
    const seen: number[] = [];
    for await (const value of whileAllowed(source([1, 2, 3], ended, Promise.resolve()), async () => undefined, 5)) seen.push(value);
    expect([seen, ended.yes]).toEqual([[1, 2, 3], true]);
  });

  it('ends with the refusal as soon as it is not allowed any more, even when nothing happens in it (IAM-10, TI-08)', async () => {
    const ended = { yes: false };
    let release: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    let checks = 0;
    const check = async (): Promise<void> => {
      checks += 1;
      if (checks === 3) throw new Error('gone');
    };
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const value of whileAllowed(source([1], ended, until), check, 5)) seen.push(value);
    };
    await expect(read()).rejects.toThrow('gone');
    expect([seen, checks]).toEqual([[1], 3]);
    release();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(ended.yes).toBe(true);
  });

  it('is asked about as often when it is busy', async () => {
    let checks = 0;
    async function* busy(): AsyncGenerator<number> {
      for (let value = 0; value < 10_000; value += 1) {
        if (value % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        yield value;
      }
    }
    const read = async (): Promise<void> => {
      for await (const _ of whileAllowed(
        busy(),
        async () => {
          checks += 1;
          if (checks === 2) throw new Error('gone');
        },
        10,
      ));
    };
    await expect(read()).rejects.toThrow('gone');
  });
});
