import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { systemClock, type Clock } from '#platform/clock';
import { z } from 'zod';
import { qrPicture } from '../gateway/qr-picture.ts';
import { createChangeStream } from '../wire/change-stream.ts';
import { createFaults, type FaultChange, type Faults } from '../wire/faults.ts';
import { contentHash, createJournal, type Journal } from '../wire/journal.ts';
import { createPeer, type RequestHandler } from '../wire/peer.ts';
import { openRecords } from '../wire/records.ts';
import type { Routes } from '../wire/router.ts';
import { createWebhookSender, type AllowedOrigins } from '../wire/webhook-sender.ts';
import { CAPTURED_FILES, CAPTURED_TOKENS, CAPTURES_PREFIX } from './captured-messages.ts';
import type { DoubleInstance, DoubleReceipt, Hook, SentMessage } from './double-rows.ts';
import type { SampleFile } from './sample-files.ts';

export interface GatewayDoubleOptions {
  /** Uazapi: the `admintoken`. Evolution: the global `apikey`. */
  readonly adminKey: string;
  /** Where others reach it, without a trailing slash. */
  readonly baseUrl: () => string;
  /** Opens `/ui/` to requests with `x-sandbox-ui: <key>`. */
  readonly uiKey?: string | undefined;
  /** Opens `/__control` and `/__journal` to everyone who reaches it. */
  readonly controls?: boolean;
  readonly stateFile?: string | undefined;
  readonly journalFile?: string | undefined;
  /** When set, webhooks go to these origins only. */
  readonly webhookOrigins?: AllowedOrigins;
  /** Default 20 and 60 ms after an accepted send. Null: none come by themselves. */
  readonly receipts?: { readonly sentAfterMs: number; readonly deliveredAfterMs: number } | null;
  /** Whether an accepted send comes back as a webhook. Default true. */
  readonly echoSends?: boolean;
  /** Phones (digits) that WhatsApp does not know. */
  readonly notOnWhatsApp?: readonly string[];
  readonly faults?: FaultChange;
  readonly clock?: Clock;
}

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

/** What two vendors do differently. */
export interface Dialect {
  readonly vendor: keyof typeof CAPTURED_TOKENS;
  readonly routes: (core: DoubleCore) => Routes;
  readonly headers: Readonly<Record<string, string>>;
  envelope(instance: DoubleInstance, hook: Hook, baseUrl: string, at: Date): Readonly<Record<string, unknown>>;
  /** Whether this address asked for this event. */
  wants(hook: Hook, body: Readonly<Record<string, unknown>>): boolean;
  echoOf(instance: DoubleInstance, message: SentMessage): Readonly<Record<string, unknown>>;
  receiptsOf(
    instance: DoubleInstance,
    ids: readonly string[],
    receipt: DoubleReceipt,
    at: Date,
  ): readonly Readonly<Record<string, unknown>>[];
  connectionOf(instance: DoubleInstance): readonly Readonly<Record<string, unknown>>[];
}

/** What the answers of a double work with. */
export interface DoubleCore {
  readonly instances: () => readonly DoubleInstance[];
  readonly isAdmin: (offered: unknown) => boolean;
  readonly holdsToken: (instance: DoubleInstance, offered: unknown) => boolean;
  add(name: string, token: string | null): DoubleInstance;
  remove(instance: DoubleInstance): void;
  keep(instance: DoubleInstance): void;
  startPairing(instance: DoubleInstance, phone: string | null): void;
  /** The same QR once more. */
  showAgain(instance: DoubleInstance): void;
  logOut(instance: DoubleInstance): void;
  /** Why a send to this address cannot be done now. */
  refusal(instance: DoubleInstance, chat: string): 'not-connected' | 'not-on-whatsapp' | 'planned' | null;
  accept(
    instance: DoubleInstance,
    message: Omit<SentMessage, 'id' | 'instance' | 'at' | 'file'>,
    id: string | null,
    file: OfferedFile | null,
  ): SentMessage;
  readonly sent: (instance: DoubleInstance) => readonly SentMessage[];
  readonly fileOf: (messageId: string) => SampleFile | null;
  readonly baseUrl: () => string;
}

export interface OfferedFile {
  readonly mimeType: string;
  readonly fileName: string | null;
  readonly bytes: Buffer;
}

const CODE_SIGNS = 'ABCDEFGHJKLMNPQRSTVWXYZ123456789';
const FILES_KEPT = 500;
const MESSAGES_KEPT = 20_000;

export const newWhatsAppId = (): string => `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;

/** `5511988887777` and whole addresses alike. */
export const addressOf = (number: string): string => (number.includes('@') ? number : `${number.replace(/\D/g, '')}@s.whatsapp.net`);

function equal(offered: unknown, wanted: string): boolean {
  if (typeof offered !== 'string') return false;
  const [a, b] = [Buffer.from(offered), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function createGatewayDouble(dialect: Dialect, options: GatewayDoubleOptions): GatewayDouble {
  if (options.adminKey === '') throw new Error('a gateway needs an admin key');
  const clock = options.clock ?? systemClock;
  const faults = createFaults(options.faults);
  const journal = createJournal({ file: options.journalFile, keep: MESSAGES_KEPT });
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
  const receipts = options.receipts === undefined ? { sentAfterMs: 20, deliveredAfterMs: 60 } : options.receipts;
  const strangers = new Set(options.notOnWhatsApp);
  const instances = records.table<DoubleInstance>('instances');
  const messages = new Map<string, SentMessage[]>();
  const files = new Map<string, SampleFile>();
  const timers = new Set<NodeJS.Timeout>();

  const byName = (name: string): DoubleInstance | undefined => [...instances.rows.values()].find((instance) => instance.name === name);
  const sentBy = (instance: DoubleInstance): readonly SentMessage[] => messages.get(instance.id) ?? [];

  function later(waitMs: number, run: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, waitMs);
    timers.add(timer);
  }

  /** Webhooks overtake each other, as real gateways' do; those of a connection are seconds apart there, and wait for each other. */
  function post(instance: DoubleInstance, body: Readonly<Record<string, unknown>>, lane: string = randomUUID()): number {
    const hooks = instance.hooks.filter((hook) => hook.enabled && dialect.wants(hook, body));
    for (const hook of hooks) {
      const whole = { ...dialect.envelope(instance, hook, options.baseUrl(), clock.now()), ...body };
      sender.send({ url: hook.url, body: JSON.stringify(whole), lane, headers: () => dialect.headers });
    }
    return hooks.length;
  }

  function change(
    instance: DoubleInstance,
    to: Pick<DoubleInstance, 'state'> & Partial<Pick<DoubleInstance, 'qr' | 'code' | 'phone'>>,
  ): void {
    Object.assign(instance, { qr: null, code: null }, to);
    instance.shown = to.state === 'pairing' ? instance.shown + 1 : 0;
    instances.put(instance.id, instance);
    for (const body of dialect.connectionOf(instance)) post(instance, body, instance.id);
  }

  function giveReceipt(instance: DoubleInstance, ids: readonly string[], receipt: DoubleReceipt): void {
    for (const body of dialect.receiptsOf(instance, ids, receipt, clock.now())) post(instance, body);
  }

  function scan(instance: DoubleInstance, phone: string | null): void {
    change(instance, { state: 'connected', phone: phone ?? instance.phone ?? `5511900${String(instances.rows.size).padStart(6, '0')}` });
  }

  const core: DoubleCore = {
    instances: () => [...instances.rows.values()],
    isAdmin: (offered) => equal(offered, options.adminKey),
    holdsToken: (instance, offered) => equal(offered, instance.token),
    add(name, token) {
      const captured = CAPTURED_TOKENS[dialect.vendor];
      const taken = [...instances.rows.values()].some((instance) => instance.token === captured);
      const instance: DoubleInstance = {
        id: `r${randomBytes(7).toString('hex')}`,
        name,
        token: name.startsWith(CAPTURES_PREFIX) && !taken ? captured : (token ?? randomUUID()),
        state: 'disconnected',
        phone: null,
        qr: null,
        code: null,
        shown: 0,
        hooks: [],
      };
      instances.put(instance.id, instance);
      return instance;
    },
    remove(instance) {
      instances.remove(instance.id);
      messages.delete(instance.id);
    },
    keep: (instance) => instances.put(instance.id, instance),
    startPairing(instance, phone) {
      if (instance.state === 'connected') return;
      const code = phone === null ? null : Array.from(randomBytes(8), (byte) => CODE_SIGNS.charAt(byte % CODE_SIGNS.length)).join('');
      change(instance, { state: 'pairing', qr: qrPicture(`${instance.id}${randomUUID()}`), code });
    },
    showAgain(instance) {
      instance.shown += 1;
      instances.put(instance.id, instance);
    },
    logOut: (instance) => change(instance, { state: 'logged-out' }),
    refusal(instance, chat) {
      if (instance.state !== 'connected') return 'not-connected';
      const phone = chat.split('@')[0] ?? '';
      if (faults.failsFor(chat, phone, `+${phone}`)) return 'planned';
      return strangers.has(phone) ? 'not-on-whatsapp' : null;
    },
    accept(instance, draft, id, file) {
      const message: SentMessage = {
        ...draft,
        id: id ?? newWhatsAppId(),
        instance: instance.id,
        at: clock.now().getTime(),
        file:
          file === null
            ? null
            : { mimeType: file.mimeType, fileName: file.fileName, sizeBytes: file.bytes.length, sha256: contentHash(file.bytes) },
      };
      const kept = messages.get(instance.id) ?? [];
      messages.set(instance.id, kept);
      kept.push(message);
      if (kept.length > MESSAGES_KEPT) kept.shift();
      journal.append({
        at: message.at,
        kind: 'sent',
        chat: message.chat,
        id: message.id,
        ref: message.ref,
        hash: contentHash(file === null ? message.text : Buffer.concat([Buffer.from(message.text), file.bytes])),
        note: instance.id,
      });
      if (options.echoSends ?? true) later(0, () => post(instance, dialect.echoOf(instance, message)));
      if (receipts !== null) {
        later(receipts.sentAfterMs, () => giveReceipt(instance, [message.id], 'sent'));
        later(receipts.deliveredAfterMs, () => giveReceipt(instance, [message.id], 'delivered'));
      }
      return message;
    },
    sent: sentBy,
    fileOf: (messageId) => files.get(messageId) ?? CAPTURED_FILES.get(messageId) ?? null,
    baseUrl: options.baseUrl,
  };

  const scanBody = z.object({
    phone: z
      .string()
      .regex(/^\d{6,15}$/)
      .nullish(),
  });
  const uiRoutes: Routes = {
    'POST /ui/instances/:instance/scan': async (call) => {
      const instance = byName(call.params['instance'] ?? '') ?? instances.get(call.params['instance'] ?? '');
      const body = scanBody.safeParse(await call.json());
      if (instance === undefined || !body.success) return { status: 404, json: { error: 'not found' } };
      scan(instance, body.data.phone ?? null);
      return { status: 200, json: { id: instance.id, name: instance.name, state: instance.state } };
    },
  };

  return {
    handle: createPeer({
      routes: dialect.routes(core),
      uiRoutes,
      uiKey: options.uiKey,
      controls: options.controls ?? false,
      controlRoutes: {},
      faults,
      journal,
      changes,
      figures: () => ({ webhooks: sender.counts, instances: instances.rows.size }),
    }),
    journal,
    faults,
    instance: byName,
    scan(name, phone) {
      const instance = byName(name);
      if (instance !== undefined) scan(instance, phone ?? null);
    },
    emit(name, body) {
      const instance = byName(name);
      return instance === undefined ? 0 : post(instance, body);
    },
    sent: (name) => {
      const instance = byName(name);
      return instance === undefined ? [] : sentBy(instance);
    },
    giveReceipt(name, ids, receipt) {
      const instance = byName(name);
      if (instance !== undefined) giveReceipt(instance, ids, receipt);
    },
    keepFile(messageId, file) {
      files.set(messageId, file);
      const [oldest] = files.keys();
      if (files.size > FILES_KEPT && oldest !== undefined) files.delete(oldest);
    },
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
