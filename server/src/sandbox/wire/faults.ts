import { z } from 'zod';
import { seededRandom } from './seeded-random.ts';

const fraction = z.number().min(0).max(1);
const milliseconds = z.number().min(0).max(600_000);

const pathFault = z.object({
  /** A part of the path, or its whole. */
  path: z.string().min(1).max(500),
  method: z.string().max(10).optional(),
  status: z.number().int().min(200).max(599),
  body: z.unknown().optional(),
  retryAfterSeconds: z.number().int().min(0).optional(),
  /** How many requests it still hits. Absent: all. */
  times: z.number().int().min(1).optional(),
});

export const faultSettings = z.object({
  seed: z.number().int(),
  /** Share of requests answered 503 without doing anything. */
  unavailable: fraction,
  /** Share of requests that are done, and then the socket is dropped instead of an answer. */
  dropAfter: fraction,
  /** Added to every answer, drawn evenly between the two. */
  latencyMs: z.object({ from: milliseconds, to: milliseconds }),
  /** Every connection is dropped without doing anything. */
  down: z.boolean(),
  /** Writes for these contacts (source id, phone or address) answer 500 without doing anything. */
  failingContacts: z.array(z.string().max(200)).max(1_000),
  /** Answered so without doing anything; the first that fits. */
  paths: z.array(pathFault).max(100),
  webhooks: z.object({
    /** Share of webhooks that are never sent. */
    lost: fraction,
    /** Share of webhooks that are sent twice. */
    repeated: fraction,
    /** Each waits up to this long, so that they overtake each other. */
    delayMs: milliseconds,
  }),
});

export type FaultSettings = z.output<typeof faultSettings>;
export type FaultChange = Partial<FaultSettings>;

export const faultChange = faultSettings.partial();

export const NO_FAULTS: FaultSettings = {
  seed: 1,
  unavailable: 0,
  dropAfter: 0,
  latencyMs: { from: 0, to: 0 },
  down: false,
  failingContacts: [],
  paths: [],
  webhooks: { lost: 0, repeated: 0, delayMs: 0 },
};

export interface PlannedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterSeconds?: number | undefined;
}

export interface RequestPlan {
  readonly waitMs: number;
  readonly before: 'execute' | 'drop' | PlannedAnswer;
  readonly dropAfter: boolean;
}

export interface Faults {
  readonly settings: FaultSettings;
  set(change: FaultChange): void;
  plan(method: string, path: string): RequestPlan;
  failsFor(...names: readonly (string | null | undefined)[]): boolean;
  planWebhook(): { readonly copies: 0 | 1 | 2; readonly waitMs: number };
}

const EXECUTE: RequestPlan = { waitMs: 0, before: 'execute', dropAfter: false };
const ONE_WEBHOOK = { copies: 1, waitMs: 0 } as const;

export function createFaults(initial: FaultChange = {}): Faults {
  let settings: FaultSettings = { ...NO_FAULTS, ...initial };
  let random = seededRandom(settings.seed);
  let failing = new Set(settings.failingContacts);
  let quiet = isQuiet(settings);

  const chance = (share: number): boolean => share > 0 && random() < share;

  return {
    get settings() {
      return settings;
    },
    set(change) {
      settings = { ...settings, ...change, paths: (change.paths ?? settings.paths).map((fault) => ({ ...fault })) };
      if (change.seed !== undefined) random = seededRandom(change.seed);
      failing = new Set(settings.failingContacts);
      quiet = isQuiet(settings);
    },
    plan(method, path) {
      if (quiet) return EXECUTE;
      const { latencyMs, down, unavailable, dropAfter } = settings;
      const waitMs = latencyMs.from + random() * Math.max(0, latencyMs.to - latencyMs.from);
      if (down) return { waitMs: 0, before: 'drop', dropAfter: false };
      const planned = takePathFault(settings.paths, method, path);
      if (planned !== null) return { waitMs, before: planned, dropAfter: false };
      if (chance(unavailable)) return { waitMs, before: { status: 503, body: { error: 'Service Unavailable' } }, dropAfter: false };
      return { waitMs, before: 'execute', dropAfter: chance(dropAfter) };
    },
    failsFor: (...names) => failing.size > 0 && names.some((name) => typeof name === 'string' && failing.has(name)),
    planWebhook() {
      const { lost, repeated, delayMs } = settings.webhooks;
      if (lost === 0 && repeated === 0 && delayMs === 0) return ONE_WEBHOOK;
      const waitMs = delayMs * random();
      if (chance(lost)) return { copies: 0, waitMs };
      return { copies: chance(repeated) ? 2 : 1, waitMs };
    },
  };
}

function isQuiet({ unavailable, dropAfter, latencyMs, down, paths }: FaultSettings): boolean {
  return unavailable === 0 && dropAfter === 0 && latencyMs.to === 0 && latencyMs.from === 0 && !down && paths.length === 0;
}

function takePathFault(paths: FaultSettings['paths'], method: string, path: string): PlannedAnswer | null {
  const fault = paths.find(
    (candidate) =>
      candidate.times !== 0 && path.includes(candidate.path) && (candidate.method === undefined || candidate.method === method),
  );
  if (fault === undefined) return null;
  if (fault.times !== undefined) fault.times -= 1;
  return { status: fault.status, body: fault.body ?? { error: 'planned fault' }, retryAfterSeconds: fault.retryAfterSeconds };
}
