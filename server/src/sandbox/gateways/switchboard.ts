import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#platform/clock';
import { qrPicture } from '../gateway/qr-picture.ts';
import type { Faults } from '../wire/faults.ts';
import { contentHash, type Journal } from '../wire/journal.ts';
import type { Records } from '../wire/records.ts';
import type { WebhookSender } from '../wire/webhook-sender.ts';
import { CAPTURED_FILES, CAPTURED_TOKENS, CAPTURES_PREFIX } from './captured-messages.ts';
import type { Dialect, GatewayDoubleOptions, Switchboard } from './dialect.ts';
import type { DoubleInstance, DoubleReceipt, SentMessage } from './double-rows.ts';
import type { SampleFile } from './sample-files.ts';

const CODE_SIGNS = 'ABCDEFGHJKLMNPQRSTVWXYZ123456789';
const FILES_KEPT = 500;
const MESSAGES_KEPT = 20_000;

const newWhatsAppId = (): string => `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;

/** `5511988887777` and whole addresses alike. */
export const addressOf = (number: string): string => (number.includes('@') ? number : `${number.replace(/\D/g, '')}@s.whatsapp.net`);

function equal(offered: unknown, wanted: string): boolean {
  if (typeof offered !== 'string') return false;
  const [a, b] = [Buffer.from(offered), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface SwitchboardParts {
  readonly faults: Faults;
  readonly journal: Journal;
  readonly records: Records;
  readonly sender: WebhookSender;
  readonly clock: Clock;
}

export function createSwitchboard(dialect: Dialect, options: GatewayDoubleOptions, parts: SwitchboardParts): Switchboard {
  const { faults, journal, records, sender, clock } = parts;
  const receipts = options.receipts === undefined ? { sentAfterMs: 20, deliveredAfterMs: 60 } : options.receipts;
  const strangers = new Set(options.notOnWhatsApp);
  const instances = records.table<DoubleInstance>('instances');
  const messages = new Map<string, SentMessage[]>();
  const files = new Map<string, SampleFile>();
  const timers = new Set<NodeJS.Timeout>();

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

  return {
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
    sent: (instance) => messages.get(instance.id) ?? [],
    fileOf: (messageId) => files.get(messageId) ?? CAPTURED_FILES.get(messageId) ?? null,
    baseUrl: options.baseUrl,
    byName: (name) => [...instances.rows.values()].find((instance) => instance.name === name || instance.id === name),
    scan(instance, phone) {
      change(instance, { state: 'connected', phone: phone ?? instance.phone ?? `5511900${String(instances.rows.size).padStart(6, '0')}` });
    },
    post,
    giveReceipt,
    keepFile(messageId, file) {
      files.set(messageId, file);
      const [oldest] = files.keys();
      if (files.size > FILES_KEPT && oldest !== undefined) files.delete(oldest);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
