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
import { unprocessable } from './authorise.ts';
import { setMessageStatus } from './change-message.ts';
import { contactRoutes } from './contact-routes.ts';
import type { Context } from './context.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { inboxRoutes } from './inbox-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { createNotify, type Notify } from './notify.ts';
import { createShow } from './show.ts';
import { uiRoutes } from './ui-routes.ts';
import { createPayloads } from './webhook-payloads.ts';
import { openWorld } from './world.ts';

export interface SandboxAccount {
  readonly id: number;
  readonly name: string;
  /** The administrator's `api_access_token`. The same token in two accounts is the same person. */
  readonly token: string;
  /** The person's name. Default `Agente`. */
  readonly agentName?: string | undefined;
  readonly role?: 'administrator' | 'agent' | undefined;
}

export interface SandboxChatwootOptions {
  /** Where this peer is reached from outside, mount path included, no trailing slash: attachment links begin so. */
  readonly baseUrl: string | (() => string);
  readonly accounts: readonly SandboxAccount[];
  /** Opens `/ui/` to requests with `x-sandbox-ui: <key>`. */
  readonly uiKey?: string | undefined;
  /** Opens `/__control`, `/__accounts` and `/__journal` to everyone who reaches the peer. */
  readonly controls?: boolean;
  readonly stateFile?: string | undefined;
  readonly journalFile?: string | undefined;
  /** Default 20,000 entries stay in memory. */
  readonly journalKeep?: number;
  /** Messages per minute and conversation before 422. Default 200, as Chatwoot; null switches it off. */
  readonly floodLimitPerMinute?: number | null;
  /** Default 100,000; the oldest are forgotten. */
  readonly maxMessages?: number;
  /** Default 64 MiB in memory, 512 MiB beside a state file; the oldest are dropped. */
  readonly maxFileBytes?: number;
  /** When set, webhooks go to these origins only. */
  readonly webhookOrigins?: AllowedOrigins;
  /** Default 5,000, as Chatwoot. */
  readonly webhookTimeoutMs?: number;
  /** Default 16. */
  readonly webhookConcurrency?: number;
  /** One inbox's webhooks wait for each other. Default false, as Chatwoot. */
  readonly ordered?: boolean;
  readonly faults?: FaultChange;
  readonly clock?: Clock;
}

export interface SandboxChatwoot {
  readonly handle: RequestHandler;
  readonly journal: Journal;
  readonly faults: Faults;
  addAccount(account: SandboxAccount): void;
  /** Ends timers, webhooks and streams, and writes what is left to the files. */
  close(): Promise<void>;
}

const accountBody = z.object({
  id: z.number().int().positive(),
  name: z.string().min(1).max(255),
  token: z.string().min(1).max(255),
  agentName: z.string().max(255).optional(),
  role: z.enum(['administrator', 'agent']).optional(),
});

const MEBIBYTE = 1024 * 1024;

export function createSandboxChatwoot(options: SandboxChatwootOptions): SandboxChatwoot {
  const { stateFile, baseUrl: base } = options;
  const baseUrl = typeof base === 'string' ? () => base : base;
  const clock = options.clock ?? systemClock;
  const faults = createFaults(options.faults);
  const journal = createJournal({ file: options.journalFile, keep: options.journalKeep ?? 20_000 });
  const records = openRecords(stateFile);
  const world = openWorld(records, { maxMessages: options.maxMessages ?? 100_000 });
  const blobs = openBlobs(records, {
    directory: stateFile === undefined ? undefined : `${stateFile}.files`,
    maxBytes: options.maxFileBytes ?? (stateFile === undefined ? 64 : 512) * MEBIBYTE,
  });
  const changes = createChangeStream();
  const sender = createWebhookSender({
    faults,
    timeoutMs: options.webhookTimeoutMs ?? 5_000,
    concurrency: options.webhookConcurrency ?? 16,
    attempts: 1,
    backOffMs: { first: 0, longest: 0 },
    ordered: options.ordered ?? false,
    allowedOrigins: options.webhookOrigins,
  });
  const show = createShow(world, baseUrl);
  const notify: Notify = createNotify({
    world,
    show,
    payloads: createPayloads(world, show),
    sender,
    changes,
    clock,
    undelivered: (message, error) => setMessageStatus(context, message, 'failed', error),
  });
  const context: Context = {
    world,
    show,
    notify,
    blobs,
    faults,
    journal,
    clock,
    floodLimitPerMinute: options.floodLimitPerMinute === undefined ? 200 : options.floodLimitPerMinute,
  };

  function addAccount({ id, name, token, agentName, role }: SandboxAccount): void {
    const others = [...world.accounts.rows.values()].flatMap((account) => account.members);
    const userId = others.find((member) => member.token === token)?.userId ?? Math.max(0, ...others.map((member) => member.userId)) + 1;
    const known = world.accounts.get(id)?.members.filter((member) => member.token !== token) ?? [];
    world.accounts.put(id, {
      id,
      name,
      members: [...known, { userId, name: agentName ?? 'Agente', token, role: role ?? 'administrator' }],
    });
  }
  // A token that is no longer configured must not open what a state file kept.
  for (const { id } of options.accounts) world.accounts.remove(id);
  for (const account of options.accounts) addAccount(account);

  const controlRoutes: Routes = {
    'POST /__accounts': async (call) => {
      const body = accountBody.safeParse(await call.json());
      if (!body.success) return unprocessable(body.error.message);
      addAccount(body.data);
      return { status: 201, json: { id: body.data.id } };
    },
  };

  return {
    handle: createPeer({
      routes: {
        ...inboxRoutes(context),
        ...contactRoutes(context),
        ...conversationRoutes(context),
        ...messageRoutes(context),
        ...fileRoutes(blobs, baseUrl),
      },
      uiRoutes: uiRoutes(context),
      uiKey: options.uiKey,
      controls: options.controls ?? false,
      controlRoutes,
      faults,
      journal,
      changes,
      figures: () => ({ webhooks: sender.counts, accounts: world.accounts.rows.size }),
    }),
    journal,
    faults,
    addAccount,
    async close() {
      sender.close();
      changes.close();
      await records.close();
      await journal.close();
    },
  };
}
