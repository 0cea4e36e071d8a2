import { type Dispatcher, errors } from 'undici';
import { codeOf, ConnectFailure } from './connector.ts';
import { type HttpFailure, IncomingBody } from './incoming-body.ts';

/** Between two pieces of an answer's body. */
const BODY_IDLE_MS = 30_000;

export interface Hop {
  readonly origin: string;
  readonly path: string;
  readonly method: Dispatcher.HttpMethod;
  /** Name, value, name, value. Secrets are in the clear here. */
  readonly headers: string[];
  readonly payload: Dispatcher.DispatchOptions['body'];
  /** On the monotonic clock. */
  readonly deadline: number;
  readonly maxBytes: number;
  readonly streamed: boolean;
}

export interface Head {
  readonly ok: true;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: IncomingBody;
}

export const failure = (reason: HttpFailure['reason'], mayHaveArrived: boolean, detail: string): HttpFailure => ({
  ok: false,
  reason,
  mayHaveArrived,
  detail,
});

const TIMEOUTS: readonly string[] = ['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'];
/** Header names or values that HTTP cannot carry (line breaks, control characters): refused before anything is written. */
const NOT_SENDABLE: readonly string[] = ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'];

function failureFor(error: unknown, written: boolean): HttpFailure {
  if (error instanceof ConnectFailure) return failure(error.reason, false, error.message);
  const code = codeOf(error);
  if (TIMEOUTS.includes(code)) return failure('timeout', written, 'the peer stopped sending');
  if (NOT_SENDABLE.includes(code)) return failure('blocked', written, 'the request cannot be sent as HTTP');
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return failure('too-large', written, 'the headers of the answer are too large');
  return failure('dropped', written, `the connection broke off (${code})`);
}

function plainHeaders(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || name === '__proto__') continue;
    headers[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

/** One request and its answer on one connection. `head` settles once and never rejects. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly head: Promise<Head | HttpFailure>;
  readonly #settle: (head: Head | HttpFailure) => void;
  readonly #hop: Hop;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #written = false;
  #failed: HttpFailure | undefined;
  #body: IncomingBody | undefined;
  #received = 0;

  constructor(hop: Hop) {
    this.#hop = hop;
    let settle: (head: Head | HttpFailure) => void = () => undefined;
    this.head = new Promise((resolve) => {
      settle = resolve;
    });
    this.#settle = settle;
    this.#timer = setTimeout(
      () => this.#fail(failure('timeout', this.#written, 'no complete answer in time')),
      Math.max(0, hop.deadline - performance.now()),
    );
  }

  /** Called right before the first byte of the request is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failed) controller.abort(new Error('given up'));
    else this.#written = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, raw: Record<string, string | string[] | undefined>): void {
    if (status < 200) return;
    const headers = plainHeaders(raw);
    if (Number(headers['content-length'] ?? 0) > this.#hop.maxBytes) {
      this.#fail(failure('too-large', true, 'the answer is larger than allowed'));
      return;
    }
    const flow = { pause: () => controller.pause(), resume: () => controller.resume(), abandon: () => this.abandon() };
    this.#body = new IncomingBody(flow, this.#hop.streamed);
    this.#settle({ ok: true, status, headers, body: this.#body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#received > this.#hop.maxBytes) this.#fail(failure('too-large', true, 'the answer is larger than allowed'));
    else this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    this.#body?.finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(failureFor(error, this.#written));
  }

  /** Lets the connection go without reading the rest. */
  abandon(): void {
    this.#fail(failure('dropped', true, 'the answer was not read'));
  }

  #fail(why: HttpFailure): void {
    if (this.#failed) return;
    this.#failed = why;
    clearTimeout(this.#timer);
    this.#settle(why);
    this.#body?.finish(why);
    this.#controller?.abort(new errors.RequestAbortedError());
  }
}

export function exchange(agent: Dispatcher, hop: Hop): Promise<Head | HttpFailure> {
  const run = new Exchange(hop);
  agent.dispatch(
    {
      origin: hop.origin,
      path: hop.path,
      method: hop.method,
      headers: hop.headers,
      body: hop.payload ?? null,
      headersTimeout: 0,
      bodyTimeout: BODY_IDLE_MS,
    },
    run,
  );
  return run.head;
}
