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
  const conversations = watchConversations();
  const answers = watchAnswers(options.tap);
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
      const conversation = await conversations.of(contact);
      const { account } = contact;
      const url = `${account.chatwoot.url}/ui/accounts/${account.number}/conversations/${conversation}/messages`;
      for (let index = 0; index < count; index += 1) {
        await gate.pass();
        const text = textOf(contact, 'out', index);
        const sentMs = performance.now();
        const made = await ask('POST', url, { headers: { 'x-sandbox-ui': peerKeys.ui }, body: JSON.stringify({ text }) });
        if (made.status !== 201) throw new Error(`the agent could not write: ${made.status} ${made.body.slice(0, 200)}`);
        const id = String((JSON.parse(made.body) as { id: unknown }).id);
        const status = await answers.to(account.number, id);
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

interface Conversations {
  /** Waits until this contact's first message is in Chatwoot. */
  of(contact: Contact): Promise<number>;
}

/** Which conversation a contact's messages are in, as Chatwoot's journal says. Reads each entry once. */
function watchConversations(): Conversations {
  const known = new Map<string, number>();
  const seen = new Map<FaultAccount['chatwoot'], number>();
  const read = (peer: FaultAccount['chatwoot']): void => {
    for (const entry of peer.chatwoot.journal.after(seen.get(peer) ?? 0, 10_000)) {
      seen.set(peer, entry.seq);
      const key = `${entry.account ?? 0}|${entry.hash ?? ''}`;
      if (entry.kind === 'incoming' && !known.has(key)) known.set(key, Number(entry.chat));
    }
  };
  return {
    async of(contact) {
      const { account } = contact;
      const key = `${account.number}|${hashOf(textOf(contact, 'in', 0))}`;
      const found = await waitUntil(
        () => {
          read(account.chatwoot);
          return known.has(key);
        },
        100_000,
        50,
      );
      if (!found) throw new Error(`${contact.key} has no conversation`);
      return known.get(key) ?? 0;
    },
  };
}

/** What the Hub answered to Chatwoot's webhook of each new message. */
function watchAnswers(tap: Tap): { to(account: number, messageId: string): Promise<number> } {
  const given = new Map<string, number>();
  const waiting = new Map<string, (status: number) => void>();
  tap.onWebhook(({ path, status, body }) => {
    if (body.event !== 'message_created' || body.message_type !== 'outgoing' || !path.startsWith('/hooks/chatwoot/')) return;
    const account = body.account as { id?: unknown } | undefined;
    const key = `${String(account?.id)}|${String(body.id)}`;
    given.set(key, status);
    waiting.get(key)?.(status);
    waiting.delete(key);
  });
  return {
    async to(account, messageId) {
      const key = `${account}|${messageId}`;
      return given.get(key) ?? new Promise((resolve) => void waiting.set(key, resolve));
    },
  };
}
