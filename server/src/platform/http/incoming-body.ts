import type { HttpAnswer } from './http-client.ts';

export type HttpFailure = Extract<HttpAnswer, { ok: false }>;

/** Thrown while the body of a streamed answer is read, when it breaks off, stalls or grows too large. */
export class BodyInterrupted extends Error {
  readonly answer: HttpFailure;

  constructor(answer: HttpFailure) {
    super(answer.detail);
    this.name = 'BodyInterrupted';
    this.answer = answer;
  }
}

export interface Flow {
  pause(): void;
  resume(): void;
  abandon(): void;
}

const HIGH_WATER_BYTES = 128 * 1024;

/** The body of an answer while it arrives: collected whole, or read chunk by chunk holding the peer back. */
export class IncomingBody implements AsyncIterable<Uint8Array> {
  readonly #flow: Flow;
  readonly #holdsBack: boolean;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #failure: HttpFailure | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(flow: Flow, holdsBack: boolean) {
    this.#flow = flow;
    this.#holdsBack = holdsBack;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (!this.#holdsBack) return;
    if (this.#bytes >= HIGH_WATER_BYTES) this.#flow.pause();
    this.#wake?.();
  }

  finish(failure?: HttpFailure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake?.();
  }

  /** Lets the connection go without reading the rest. */
  abandon(): void {
    this.#chunks = [];
    if (!this.#ended) this.#flow.abandon();
  }

  async collect(): Promise<Buffer | HttpFailure> {
    await this.#changed(() => this.#ended);
    if (this.#failure) return this.#failure;
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, this.#bytes);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: async () => {
        await this.#changed(() => this.#ended || this.#chunks.length > 0);
        const chunk = this.#chunks.shift();
        if (chunk === undefined) {
          if (this.#failure) throw new BodyInterrupted(this.#failure);
          return { done: true, value: undefined };
        }
        this.#bytes -= chunk.length;
        if (!this.#ended && this.#bytes < HIGH_WATER_BYTES) this.#flow.resume();
        return { done: false, value: chunk };
      },
      return: () => {
        this.abandon();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  async #changed(until: () => boolean): Promise<void> {
    while (!until()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
