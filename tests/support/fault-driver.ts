import { createHash } from 'node:crypto';
import type { Contact, FaultAccount } from './fault-accounts.ts';
import type { History } from './fault-history.ts';
import { peerKeys } from './fault-peers.ts';
import type { FaultPeers } from './fault-peers.ts';
import type { Tap } from './fault-tap.ts';
import { ask, pause, waitUntil } from './fault-wire.ts';

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Gate {
  /** Lets so many messages more go. */
  release(count: number): void;
  pass(): Promise<void>;
  readonly passed: number;
}

export function createGate(): Gate {
  const waiting: (() => void)[] = [];
  let permits = 0;
  let passed = 0;
  return {
    release(count) {
      permits += count;
      while (permits > 0 && waiting.length > 0) {
        permits -= 1;
        waiting.shift()?.();
      }
    },
    async pass() {
      if (permits > 0) permits -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      passed += 1;
    },
    get passed() {
      return passed;
    },
  };
}

export interface Driver {
  /** The customer writes `count` texts, each after the one before was accepted. */
  write(contact: Contact, count: number): Promise<void>;
  /** The agent answers in this contact's conversation, once there is one. */
  answer(contact: Contact, count: number): Promise<void>;
  /** Tells the Hub of the ticks of everything the gateway sends, until `stop`. */
  tick(): { stop(): Promise<void> };
  /** Late repeats that still run. */
  settled(): Promise<void>;
}

export interface DriverOptions {
  readonly accounts: readonly FaultAccount[];
  readonly peers: FaultPeers;
  readonly tap: Tap;
  readonly history: History;
  readonly gate: Gate;
  readonly random: () => number;
  readonly repeatedShare: number;
  readonly receiptsOutOfOrderShare: number;
}

/** How long a sender waits before it repeats what was not answered 200. */
const REPEAT_MS = { least: 100, most: 500 };

export function createDriver(options: DriverOptions): Driver {
  const { history, gate, random, peers } = options;
  const late = new Set<Promise<unknown>>();
  const answered = new Map<string, number>();
  options.tap.onWebhook(({ path, status, body }) => {
    if (body.event !== 'message_created' || !path.startsWith('/hooks/chatwoot/')) return;
    const account = body.account as { id?: unknown } | undefined;
    answered.set(`${String(account?.id)}|${String(body.id)}`, status);
  });
  const background = (work: Promise<unknown>): void => {
    const running = work.finally(() => late.delete(running));
    late.add(running);
  };

  /** A gateway's way: the same bytes again until 200. */
  async function deliver(url: string, body: string): Promise<void> {
    for (;;) {
      const { status } = await ask('POST', url, { body, timeoutMs: 10_000 });
      if (status === 200) return;
      history.repeatedAfter.set(status, (history.repeatedAfter.get(status) ?? 0) + 1);
      await pause(REPEAT_MS.least + random() * (REPEAT_MS.most - REPEAT_MS.least));
    }
  }

  /** Some deliveries are repeated although they were answered: at the same moment, or later. */
  async function deliverRepeating(url: string, body: string): Promise<void> {
    const copies = [deliver(url, body)];
    if (random() < options.repeatedShare) {
      history.repeats += 1;
      const delayMs = random() < 0.5 ? 0 : random() * 2_000;
      if (delayMs === 0) copies.push(deliver(url, body));
      else background(pause(delayMs).then(() => deliver(url, body)));
    }
    await Promise.all(copies);
  }

  async function conversationOf(contact: Contact): Promise<number> {
    const known = conversations(options.accounts);
    const found = await waitUntil(() => known.of(contact) !== null, 60_000);
    const conversation = known.of(contact);
    if (!found || conversation === null) throw new Error(`${contact.key} has no conversation`);
    return conversation;
  }

  return {
    async write(contact, count) {
      for (let index = 0; index < count; index += 1) {
        await gate.pass();
        const text = textOf(contact, 'in', index);
        const sentMs = performance.now();
        const id = `IN${hashOf(text).slice(0, 18).toUpperCase()}`;
        const message = { id, chat: contact.address, fromMe: false, viaApi: false, at: Date.now(), kind: 'text', text, name: contact.key };
        await deliverRepeating(
          contact.account.gatewayHook,
          JSON.stringify({ event: 'message', instance: contact.account.gatewayInstanceId, message }),
        );
        history.accepted.push({ text, contact, direction: 'inbound', id, sentMs });
      }
    },

    async answer(contact, count) {
      const conversation = await conversationOf(contact);
      const { account } = contact;
      const url = `${account.chatwoot.url}/ui/accounts/${account.number}/conversations/${conversation}/messages`;
      for (let index = 0; index < count; index += 1) {
        await gate.pass();
        const text = textOf(contact, 'out', index);
        const sentMs = performance.now();
        const made = await ask('POST', url, { headers: { 'x-sandbox-ui': peerKeys.ui }, body: JSON.stringify({ text }) });
        if (made.status !== 201) throw new Error(`the agent could not write: ${made.status} ${made.body.slice(0, 200)}`);
        const id = String((JSON.parse(made.body) as { id: unknown }).id);
        const key = `${account.number}|${id}`;
        await waitUntil(() => answered.has(key), 60_000, 3);
        const status = answered.get(key) ?? 0;
        if (status === 200) history.accepted.push({ text, contact, direction: 'outbound', id, sentMs });
        else history.refused.push({ text, status });
      }
    },

    tick() {
      let seen = 0;
      let stopping = false;
      const hookOf = new Map(options.accounts.map((account) => [account.gatewayInstanceId, account.gatewayHook]));
      const running = (async () => {
        while (!stopping) {
          for (const entry of peers.gateway.gateway.journal.after(seen, 1_000)) {
            seen = entry.seq;
            if (entry.kind === 'sent') background(giveTicks(hookOf.get(entry.note ?? '') ?? '', String(entry.note), String(entry.id)));
          }
          await pause(10);
        }
      })();
      return {
        async stop() {
          stopping = true;
          await running;
        },
      };
    },

    async settled() {
      while (late.size > 0) await Promise.all(late);
    },
  };

  async function giveTicks(url: string, instance: string, id: string): Promise<void> {
    const receipts: ('delivered' | 'read')[] = random() < 0.5 ? ['delivered', 'read'] : ['delivered'];
    history.ticks.set(id, receipts.length === 2 ? 'read' : 'delivered');
    if (receipts.length === 2 && random() < options.receiptsOutOfOrderShare * 2) {
      history.receiptsOutOfOrder += 1;
      receipts.reverse();
    }
    for (const receipt of receipts) {
      history.receipts += 1;
      await deliverRepeating(url, JSON.stringify({ event: 'receipt', instance, ids: [id], receipt, at: Date.now() }));
    }
  }
}

const textOf = (contact: Contact, way: 'in' | 'out', index: number): string => `${contact.key} ${way} ${index}`;

/** Which conversation a contact's messages are in, as Chatwoot's journal says. */
function conversations(accounts: readonly FaultAccount[]) {
  const first = new Map(accounts.flatMap((account) => account.contacts.map((contact) => [contact.key, hashOf(textOf(contact, 'in', 0))])));
  return {
    of(contact: Contact): number | null {
      const { journal } = contact.account.chatwoot.chatwoot;
      const entry = journal
        .after(0, 200_000)
        .find(
          (candidate) =>
            candidate.kind === 'incoming' && candidate.account === contact.account.number && candidate.hash === first.get(contact.key),
        );
      return entry === undefined ? null : Number(entry.chat);
    },
  };
}
