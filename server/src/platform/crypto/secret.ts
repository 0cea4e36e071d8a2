import { inspect } from 'node:util';

const MASK = '[secret]';

/** A value that prints as `[secret]` everywhere. `expose()` is called only where the value leaves for its one use. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  expose(): string {
    return this.#value;
  }

  /** The last four characters, for showing which secret is set; nothing for short ones. */
  lastFour(): string {
    return this.#value.length >= 12 ? this.#value.slice(-4) : '';
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
