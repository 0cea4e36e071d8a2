import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Faults } from './faults.ts';

export interface Webhook {
  readonly url: string;
  readonly body: string;
  /** Asked for at each attempt: a signature has a timestamp. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** With `ordered`, webhooks of one lane wait for each other. */
  readonly lane: string;
  /** Told once, when it arrived or was given up. Not told when a planned fault swallowed it. */
  readonly settled?: (outcome: WebhookOutcome) => void;
}

export type WebhookOutcome = { readonly delivered: true } | { readonly delivered: false; readonly error: string };

/** A function where the address is known only once the product listens. */
export type AllowedOrigins = readonly string[] | (() => readonly string[]);

export interface WebhookSenderOptions {
  readonly faults: Faults;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Attempts in all. */
  readonly attempts: number;
  /** Doubles with each attempt, up to the second. */
  readonly backOffMs: { readonly first: number; readonly longest: number };
  readonly ordered: boolean;
  /** When set, webhooks go to these origins only: a shared sandbox must not be a way into a network. */
  readonly allowedOrigins: AllowedOrigins | undefined;
}

export interface WebhookSender {
  send(webhook: Webhook): void;
  readonly counts: { readonly delivered: number; readonly failed: number; readonly lost: number; readonly waiting: number };
  close(): void;
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const agentOptions = { keepAlive: true, maxSockets: options.concurrency, timeout: 60_000 };
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };
  const counts = { delivered: 0, failed: 0, lost: 0, waiting: 0 };
  const timers = new Set<NodeJS.Timeout>();
  const lanes = new Map<string, Promise<void>>();
  let queue: (() => Promise<void>)[] = [];
  let head = 0;
  let running = 0;
  let closed = false;

  const later = (waitMs: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, waitMs);
    timers.add(timer);
  };
  const pause = (waitMs: number): Promise<void> => new Promise((resolve) => later(waitMs, resolve));

  function pump(): void {
    while (running < options.concurrency && head < queue.length && !closed) {
      const job = queue[head];
      head += 1;
      if (head === queue.length) {
        queue = [];
        head = 0;
      }
      if (job === undefined) continue;
      running += 1;
      void job().finally(() => {
        running -= 1;
        pump();
      });
    }
  }

  const attempt = (webhook: Webhook): Promise<WebhookOutcome> =>
    new Promise((resolve) => {
      queue.push(async () => resolve(await post(webhook, options, agents)));
      pump();
    });

  async function deliver(webhook: Webhook, waitMs: number): Promise<void> {
    counts.waiting += 1;
    if (waitMs > 0) await pause(waitMs);
    let outcome = await attempt(webhook);
    for (let tried = 1; !outcome.delivered && tried < options.attempts && !closed; tried += 1) {
      await pause(Math.min(options.backOffMs.first * 2 ** (tried - 1), options.backOffMs.longest));
      outcome = await attempt(webhook);
    }
    counts.waiting -= 1;
    if (outcome.delivered) counts.delivered += 1;
    else counts.failed += 1;
    if (!closed) webhook.settled?.(outcome);
  }

  return {
    counts,
    send(webhook) {
      const plan = options.faults.planWebhook();
      if (plan.copies === 0) counts.lost += 1;
      for (let copy = 0; copy < plan.copies && !closed; copy += 1) {
        if (!options.ordered) {
          void deliver(webhook, plan.waitMs);
          continue;
        }
        const turn = (lanes.get(webhook.lane) ?? Promise.resolve()).then(() => deliver(webhook, plan.waitMs));
        lanes.set(webhook.lane, turn);
        void turn.then(() => lanes.get(webhook.lane) === turn && lanes.delete(webhook.lane));
      }
    },
    close() {
      closed = true;
      queue = [];
      head = 0;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

type Agents = { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

function post(webhook: Webhook, options: WebhookSenderOptions, agents: Agents): Promise<WebhookOutcome> {
  const url = URL.canParse(webhook.url) ? new URL(webhook.url) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return Promise.resolve({ delivered: false, error: 'Invalid URL' });
  }
  const allowed = typeof options.allowedOrigins === 'function' ? options.allowedOrigins() : options.allowedOrigins;
  if (allowed !== undefined && !allowed.includes(url.origin)) {
    return Promise.resolve({ delivered: false, error: 'Not an address this sandbox may call' });
  }
  const request: RequestOptions = {
    method: 'POST',
    agent: agents[url.protocol],
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'content-length': Buffer.byteLength(webhook.body),
      ...webhook.headers(),
    },
    ...(url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
  };
  return new Promise((resolve) => {
    const call = (url.protocol === 'https:' ? https : http).request(url, request, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('end', () =>
        settle(
          status >= 200 && status < 300
            ? { delivered: true }
            : { delivered: false, error: `${status} ${response.statusMessage ?? ''}`.trim() },
        ),
      );
      response.on('error', () => settle({ delivered: false, error: 'the answer was cut off' }));
    });
    const settle = (outcome: WebhookOutcome): void => {
      clearTimeout(deadline);
      resolve(outcome);
    };
    const deadline = setTimeout(() => {
      settle({ delivered: false, error: 'Timed out reading data from server' });
      call.destroy();
    }, options.timeoutMs);
    call.on('error', (error) => {
      // A kept connection that the other side had just closed: nothing was read from this request.
      if (call.reusedSocket && 'code' in error && error.code === 'ECONNRESET') void post(webhook, options, agents).then(settle);
      else settle({ delivered: false, error: error.message });
    });
    call.end(webhook.body);
  });
}
