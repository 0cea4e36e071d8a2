export interface Formats {
  readonly number: (value: number) => string;
  /** Hours and minutes. */
  readonly clock: (at: Date | number) => string;
  /** Hours, minutes and seconds. */
  readonly time: (at: Date | number) => string;
  readonly dateTime: (at: Date | number) => string;
  /** Milliseconds, or seconds from one second on, or minutes. */
  readonly duration: (ms: number) => string;
  /** A pause in words, from seconds. */
  readonly wait: (seconds: number) => string;
  /** The length of a recording, from seconds, as in `0:07`. */
  readonly length: (seconds: number) => string;
  readonly bytes: (count: number) => string;
}

export function createFormats(code: string): Formats {
  const unit = (name: string, digits: number, display: 'short' | 'long' = 'short'): Intl.NumberFormat =>
    new Intl.NumberFormat(code, { style: 'unit', unit: name, unitDisplay: display, maximumFractionDigits: digits });
  const number = new Intl.NumberFormat(code);
  const clock = new Intl.DateTimeFormat(code, { hour: '2-digit', minute: '2-digit' });
  const time = new Intl.DateTimeFormat(code, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const dateTime = new Intl.DateTimeFormat(code, { dateStyle: 'medium', timeStyle: 'medium' });
  const [milliseconds, seconds, minutes] = [unit('millisecond', 0), unit('second', 1), unit('minute', 0)];
  const [longSeconds, longMinutes] = [unit('second', 0, 'long'), unit('minute', 0, 'long')];
  const [bytes, kilobytes, megabytes] = [unit('byte', 0, 'long'), unit('kilobyte', 0), unit('megabyte', 1)];
  return {
    number: (value) => number.format(value),
    clock: (at) => clock.format(at),
    time: (at) => time.format(at),
    dateTime: (at) => dateTime.format(at),
    duration: (ms) =>
      ms < 1_000
        ? milliseconds.format(Math.max(0, Math.round(ms)))
        : ms < 90_000
          ? seconds.format(ms / 1_000)
          : minutes.format(ms / 60_000),
    wait: (wait) => (wait < 90 ? longSeconds.format(Math.ceil(wait)) : longMinutes.format(Math.ceil(wait / 60))),
    length: (length) => `${Math.floor(length / 60)}:${String(Math.round(length % 60)).padStart(2, '0')}`,
    bytes: (count) =>
      count < 1_000 ? bytes.format(count) : count < 1_000_000 ? kilobytes.format(count / 1_000) : megabytes.format(count / 1_000_000),
  };
}
