import { systemClock, type Clock } from '#platform/clock';
import { z } from 'zod';
import { openBlobs } from '../wire/blobs.ts';
import { createChangeStream } from '../wire/change-stream.ts';
import { createFaults, type FaultChange, type Faults } from '../wire/faults.ts';
import { createJournal, type Journal } from '../wire/journal.ts';
import { createPeer, type RequestHandler } from '../wire/peer.ts';
import { openRecords } from '../wire/records.ts';
import type { Routes } from '../wire/router.ts';
import { createWebhookSender, type AllowedOrigins } from '../wire/webhook-sender.ts';
import { planReceipts } from './carry-message.ts';
import type { Context } from './context.ts';
import { instanceRoutes, invalid } from './instance-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { createNotify } from './notify.ts';
import { uiRoutes } from './ui-routes.ts';
import { openWorld } from './world.ts';

export interface SandboxGatewayOptions {
  /** For `x-sandbox-key` on everything. Each instance also has a token of its own. */
  readonly adminKey: string;
  /** Opens `/ui/` to requests with `x-sandbox-ui: <key>`. */
  readonly uiKey?: string | undefined;
  /** Opens `/__control`, `/__numbers` and `/__journal` to everyone who reaches the peer. */
  readonly controls?: boolean;
  readonly stateFile?: string | undefined;
  readonly journalFile?: string | undefined;
  /** Default 20,000 entries stay in memory. */
  readonly journalKeep?: number;
  /** Default 100,000; the oldest are forgotten. */
  readonly maxMessages?: number;
  /** Default 64 MiB in memory, 512 MiB beside a state file; the oldest are dropped. */
  readonly maxFileBytes?: number;
  /** When set, webhooks go to these origins only. */
  readonly webhookOrigins?: AllowedOrigins;
  /** Default 10,000. */
  readonly webhookTimeoutMs?: number;
  /** Default 16. */
  readonly webhookConcurrency?: number;
  /** Attempts in all, and the pause between them, which doubles. Default 10, 500 ms, 30 s. */
  readonly webhookRetries?: { readonly attempts: number; readonly firstMs: number; readonly longestMs: number };
  /** One instance's webhooks wait for each other. Default false: they overtake each other, as real gateways' do. */
  readonly ordered?: boolean;
  /** Default 20 and 60 ms after an accepted send. Null: none come by themselves. */
  readonly receipts?: { readonly sentAfterMs: number; readonly deliveredAfterMs: number } | null;
  /** Whether an accepted send comes back as a webhook. Default true. */
  readonly echoSends?: boolean;
  /** Phones (digits) answered `not on whatsapp`. */
  readonly notOnWhatsApp?: readonly string[];
  readonly faults?: FaultChange;
  readonly clock?: Clock;
}

export interface SandboxGateway {
  readonly handle: RequestHandler;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Ends timers, webhooks and streams, and writes what is left to the files. */
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

export function createSandboxGateway(options: SandboxGatewayOptions): SandboxGateway {
  if (options.adminKey === '') throw new Error('the sandbox gateway needs an admin key');
  const { stateFile, webhookRetries: retries } = options;
  const faults = createFaults(options.faults);
  const journal = createJournal({ file: options.journalFile, keep: options.journalKeep ?? 20_000 });
  const records = openRecords(stateFile);
  const changes = createChangeStream();
  const sender = createWebhookSender({
    faults,
    timeoutMs: options.webhookTimeoutMs ?? 10_000,
    concurrency: options.webhookConcurrency ?? 16,
    attempts: retries?.attempts ?? 10,
    backOffMs: { first: retries?.firstMs ?? 500, longest: retries?.longestMs ?? 30_000 },
    ordered: options.ordered ?? false,
    allowedOrigins: options.webhookOrigins,
  });
  const timers = new Set<NodeJS.Timeout>();
  const context: Context = {
    world: openWorld(records, { maxMessages: options.maxMessages ?? 100_000 }),
    notify: createNotify(sender, changes),
    blobs: openBlobs(records, {
      directory: stateFile === undefined ? undefined : `${stateFile}.files`,
      maxBytes: options.maxFileBytes ?? (stateFile === undefined ? 64 : 512) * MEBIBYTE,
    }),
    faults,
    journal,
    clock: options.clock ?? systemClock,
    strangers: new Set(options.notOnWhatsApp),
    later(waitMs, run) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, waitMs);
      timers.add(timer);
    },
    receipts: options.receipts === undefined ? { sentAfterMs: 20, deliveredAfterMs: 60 } : options.receipts,
    echoSends: options.echoSends ?? true,
  };
  resumeReceipts(context);

  const controlRoutes: Routes = {
    'PUT /__numbers': async (call) => {
      const body = z.object({ notOnWhatsApp: z.array(z.string().max(20)).max(10_000) }).safeParse(await call.json());
      if (!body.success) return invalid(body.error.message);
      context.strangers.clear();
      for (const phone of body.data.notOnWhatsApp) context.strangers.add(phone);
      return { status: 200, json: body.data };
    },
  };

  return {
    handle: createPeer({
      routes: { ...instanceRoutes(context, options.adminKey), ...messageRoutes(context, options.adminKey) },
      uiRoutes: uiRoutes(context),
      uiKey: options.uiKey,
      controls: options.controls ?? false,
      controlRoutes,
      faults,
      journal,
      changes,
      figures: () => ({ webhooks: sender.counts, instances: context.world.instances.rows.size }),
    }),
    journal,
    faults,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      sender.close();
      changes.close();
      await records.close();
      await journal.close();
    },
  };
}

/** Receipts that a restart cut off. */
function resumeReceipts(context: Context): void {
  for (const message of context.world.allMessages()) {
    const instance = context.world.instances.get(message.instance);
    if (instance !== undefined && message.viaApi && (message.receipt === null || message.receipt === 'sent'))
      planReceipts(context, instance, message);
  }
}
