import { systemClock } from '#platform/clock';
import { z } from 'zod';
import { createChangeStream } from '../wire/change-stream.ts';
import { createFaults, type Faults } from '../wire/faults.ts';
import { createJournal, type Journal } from '../wire/journal.ts';
import { createPeer, type RequestHandler } from '../wire/peer.ts';
import { openRecords } from '../wire/records.ts';
import type { Routes } from '../wire/router.ts';
import { createWebhookSender } from '../wire/webhook-sender.ts';
import type { Dialect, GatewayDoubleOptions } from './dialect.ts';
import type { DoubleInstance, DoubleReceipt, SentMessage } from './double-rows.ts';
import type { SampleFile } from './sample-files.ts';
import { createSwitchboard } from './switchboard.ts';

export interface GatewayDouble {
  readonly handle: RequestHandler;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly instance: (name: string) => DoubleInstance | undefined;
  /** The phone scanned the QR or typed the code. */
  scan(name: string, phone?: string): void;
  /**
   * Posts a webhook of this instance, with the vendor's headers, to every address that is registered for such an event.
   * `body` is laid over the vendor's envelope, so a whole captured body stays as it is. Gives the number of addresses.
   */
  emit(name: string, body: Readonly<Record<string, unknown>>): number;
  /** What the Hub sent, oldest first. */
  sent(name: string): readonly SentMessage[];
  giveReceipt(name: string, ids: readonly string[], receipt: DoubleReceipt): void;
  /** The file of a message that is going to be emitted. */
  keepFile(messageId: string, file: SampleFile): void;
  close(): Promise<void>;
}

const JOURNAL_KEPT = 20_000;

export function createGatewayDouble(dialect: Dialect, options: GatewayDoubleOptions): GatewayDouble {
  if (options.adminKey === '') throw new Error('a gateway needs an admin key');
  const faults = createFaults(options.faults);
  const journal = createJournal({ file: options.journalFile, keep: JOURNAL_KEPT });
  const records = openRecords(options.stateFile);
  const changes = createChangeStream();
  const sender = createWebhookSender({
    faults,
    timeoutMs: 30_000,
    concurrency: 16,
    attempts: 10,
    backOffMs: { first: 500, longest: 30_000 },
    ordered: true,
    allowedOrigins: options.webhookOrigins,
  });
  const board = createSwitchboard(dialect, options, { faults, journal, records, sender, clock: options.clock ?? systemClock });
  const scanBody = z.object({
    phone: z
      .string()
      .regex(/^\d{6,15}$/)
      .nullish(),
  });
  const uiRoutes: Routes = {
    'POST /ui/instances/:instance/scan': async (call) => {
      const instance = board.byName(call.params['instance'] ?? '');
      const body = scanBody.safeParse(await call.json());
      if (instance === undefined || !body.success) return { status: 404, json: { error: 'not found' } };
      board.scan(instance, body.data.phone ?? null);
      return { status: 200, json: { id: instance.id, name: instance.name, state: instance.state } };
    },
  };

  /** For those who name an instance that is not there, nothing happens. */
  const withInstance = <Result>(name: string, otherwise: Result, act: (instance: DoubleInstance) => Result): Result => {
    const instance = board.byName(name);
    return instance === undefined ? otherwise : act(instance);
  };

  return {
    handle: createPeer({
      routes: dialect.routes(board),
      uiRoutes,
      uiKey: options.uiKey,
      controls: options.controls ?? false,
      controlRoutes: {},
      faults,
      journal,
      changes,
      figures: () => ({ webhooks: sender.counts, instances: board.instances().length }),
    }),
    journal,
    faults,
    instance: board.byName,
    scan: (name, phone) => withInstance(name, undefined, (instance) => board.scan(instance, phone ?? null)),
    emit: (name, body) => withInstance(name, 0, (instance) => board.post(instance, body)),
    sent: (name) => withInstance(name, [], board.sent),
    giveReceipt: (name, ids, receipt) => withInstance(name, undefined, (instance) => board.giveReceipt(instance, ids, receipt)),
    keepFile: board.keepFile,
    async close() {
      board.close();
      sender.close();
      changes.close();
      await records.close();
      await journal.close();
    },
  };
}
