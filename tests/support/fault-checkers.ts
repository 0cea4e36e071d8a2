import type { FaultAccount } from './fault-accounts.ts';
import { hashOf } from './fault-driver.ts';
import type { AcceptedMessage, Direction, History } from './fault-history.ts';
import type { FaultPeers, TakenRequest } from './fault-peers.ts';
import { groupBy } from './fault-wire.ts';

/** What a peer's journal says of one message the driver sent. */
interface Arrival {
  readonly text: string;
  /** Order of arrival at its peer. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** The message's id there. */
  readonly id: string;
  /** The account it came in at. */
  readonly account: number;
  readonly chat: string;
  readonly direction: Direction;
  /** The peer's address. */
  readonly peer: string;
}

export interface Duplicate {
  readonly text: string;
  readonly copies: number;
  /** Which lost answer explains it; null: none does. */
  readonly because: string | null;
}

export interface Findings {
  readonly accepted: number;
  readonly delivered: number;
  /** Accepted, neither at the peer nor a dead letter. */
  readonly lost: readonly string[];
  /** First deliveries after a newer one of the same contact and direction. */
  readonly reordered: readonly string[];
  /** Second copies that came after a newer message. */
  readonly staleAfterNewer: readonly string[];
  readonly duplicates: readonly Duplicate[];
  /** Answers that the Hub could not read or settle: the most duplicates there may be. */
  readonly answersLost: number;
  /** The same by reason. */
  readonly answersLostBecause: Readonly<Record<string, number>>;
  /** Messages at an account, or in a chat, that is not theirs. */
  readonly misplaced: readonly string[];
  /** Ticks that went down, or whose last one never came. */
  readonly wrongTicks: readonly string[];
}

/** A settle takes this long at the worst while nothing else is wrong. */
const SETTLE_MS = 500;
/** Commits that nobody waited for may be this old when PostgreSQL crashes: three rounds of its WAL writer. */
const UNFLUSHED_MS = 1_000;

/** Compares what was accepted with what the peers' journals hold. Knows nothing of the Hub's tables. */
export function check(
  history: History,
  peers: FaultPeers,
  accounts: readonly FaultAccount[],
  deadTexts: ReadonlySet<string> = new Set(),
): Findings {
  const sent = new Map([...history.accepted, ...history.refused].map(({ text }) => [hashOf(text), text]));
  const arrivals = [...atChatwoot(peers, accounts, sent), ...atGateway(peers, accounts, sent)];
  const byText = groupBy(arrivals, (arrival) => arrival.text);
  const lost = history.accepted.filter(({ text }) => !byText.has(text) && !deadTexts.has(text)).map(({ text }) => text);
  const order = orderOf(history.accepted, byText);
  const lostAnswers = peers.taken.flatMap((request) => whyLost(request, history) ?? []);
  return {
    accepted: history.accepted.length,
    delivered: history.accepted.filter(({ text }) => byText.has(text)).length,
    lost,
    ...order,
    duplicates: [...byText]
      .filter(([, copies]) => copies.length > 1)
      .map(([text, copies]) => ({ text, copies: copies.length, because: explain(copies, history, peers.taken) })),
    answersLost: lostAnswers.length,
    answersLostBecause: Object.fromEntries(
      [...groupBy(lostAnswers, (because) => because)].map(([because, { length }]) => [because, length]),
    ),
    misplaced: misplacedOf(history.accepted, byText),
    wrongTicks: wrongTicks(history, arrivals, accounts),
  };
}

/** From the first byte of the webhook to the arrival at the other peer, in milliseconds, of messages whose text passes. */
export function latencies(
  history: History,
  peers: FaultPeers,
  accounts: readonly FaultAccount[],
  passes: (message: AcceptedMessage) => boolean,
): number[] {
  const wanted = new Map(history.accepted.filter(passes).map((message) => [hashOf(message.text), message.text]));
  const sent = new Map(history.accepted.map(({ text, sentMs }) => [text, performance.timeOrigin + sentMs]));
  const first = new Map<string, number>();
  for (const { text, at } of [...atChatwoot(peers, accounts, wanted), ...atGateway(peers, accounts, wanted)]) {
    const begunMs = sent.get(text);
    if (begunMs !== undefined && !first.has(text)) first.set(text, Math.max(0, at - begunMs));
  }
  return [...first.values()];
}

function atChatwoot(peers: FaultPeers, accounts: readonly FaultAccount[], sent: ReadonlyMap<string, string>): Arrival[] {
  return peers.chatwoots.flatMap((peer) => {
    const here = new Set(accounts.filter(({ chatwoot }) => chatwoot === peer).map(({ number }) => number));
    return peer.chatwoot.journal
      .after(0, 200_000)
      .filter((entry) => entry.kind === 'incoming' && here.has(entry.account ?? 0))
      .map((entry) => ({
        text: sent.get(entry.hash ?? '') ?? `unknown ${String(entry.ref)}`,
        seq: entry.seq,
        at: entry.at,
        id: String(entry.id),
        account: entry.account ?? 0,
        chat: String(entry.chat),
        direction: 'inbound' as const,
        peer: peer.url,
      }));
  });
}

function atGateway(peers: FaultPeers, accounts: readonly FaultAccount[], sent: ReadonlyMap<string, string>): Arrival[] {
  const accountOf = new Map(accounts.map((account) => [account.gatewayInstanceId, account.number]));
  return peers.gateway.gateway.journal
    .after(0, 200_000)
    .filter((entry) => entry.kind === 'sent')
    .map((entry) => ({
      text: sent.get(entry.hash ?? '') ?? `unknown ${String(entry.ref)}`,
      seq: entry.seq,
      at: entry.at,
      id: String(entry.id),
      account: accountOf.get(entry.note ?? '') ?? 0,
      chat: String(entry.chat),
      direction: 'outbound' as const,
      peer: peers.gateway.url,
    }));
}

function orderOf(
  accepted: readonly AcceptedMessage[],
  byText: ReadonlyMap<string, readonly Arrival[]>,
): Pick<Findings, 'reordered' | 'staleAfterNewer'> {
  const reordered: string[] = [];
  const staleAfterNewer: string[] = [];
  for (const lane of groupBy(accepted, ({ contact, direction }) => `${contact.key} ${direction}`).values()) {
    const events = lane
      .flatMap(({ text }, index) => (byText.get(text) ?? []).map((arrival, copy) => ({ text, index, copy, seq: arrival.seq })))
      .toSorted((a, b) => a.seq - b.seq);
    let newest = -1;
    for (const { text, index, copy } of events) {
      if (index < newest) (copy === 0 ? reordered : staleAfterNewer).push(text);
      newest = Math.max(newest, index);
    }
  }
  return { reordered, staleAfterNewer };
}

function misplacedOf(accepted: readonly AcceptedMessage[], byText: ReadonlyMap<string, readonly Arrival[]>): string[] {
  const misplaced: string[] = [];
  const conversationOf = new Map<string, string>();
  const contactOf = new Map<string, string>();
  for (const { text, contact, direction } of accepted) {
    for (const arrival of byText.get(text) ?? []) {
      const place = `${arrival.account} ${arrival.chat}`;
      if (arrival.account !== contact.account.number) misplaced.push(`${text}: at account ${arrival.account}`);
      else if (direction === 'outbound' && arrival.chat !== contact.address) misplaced.push(`${text}: to ${arrival.chat}`);
      else if (direction === 'inbound' && (conversationOf.get(contact.key) ?? place) !== place)
        misplaced.push(`${text}: in a second conversation`);
      else if (direction === 'inbound' && (contactOf.get(place) ?? contact.key) !== contact.key)
        misplaced.push(`${text}: in another contact's conversation`);
      if (direction !== 'inbound') continue;
      conversationOf.set(contact.key, place);
      contactOf.set(place, contact.key);
    }
  }
  for (const text of byText.keys()) if (text.startsWith('unknown ')) misplaced.push(text);
  return misplaced;
}

const RANK: Readonly<Record<string, number>> = { sent: 1, delivered: 2, read: 3 };

function wrongTicks(history: History, arrivals: readonly Arrival[], accounts: readonly FaultAccount[]): string[] {
  const wrong: string[] = [];
  const told = new Map(accounts.map((account) => [account.number, statusesOf(account)]));
  const byText = groupBy(
    arrivals.filter(({ direction }) => direction === 'outbound'),
    (arrival) => arrival.text,
  );
  for (const message of history.accepted) {
    const copies = message.direction === 'outbound' ? byText.get(message.text) : undefined;
    const expected = copies?.[0] && copies.length === 1 ? history.ticks.get(copies[0].id) : undefined;
    if (expected === undefined) continue;
    const statuses = told.get(message.contact.account.number)?.get(message.id) ?? [];
    const ranks = statuses.map((status) => RANK[status] ?? 0);
    if (ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0))) wrong.push(`${message.text}: ${statuses.join(' ')}`);
    else if (statuses.at(-1) !== expected) wrong.push(`${message.text}: ${statuses.join(' ') || 'nothing'} instead of ${expected}`);
  }
  return wrong;
}

function statusesOf(account: FaultAccount): ReadonlyMap<string, readonly string[]> {
  const told = new Map<string, string[]>();
  for (const entry of account.chatwoot.chatwoot.journal.after(0, 200_000)) {
    if (entry.kind === 'status' && entry.account === account.number)
      told.set(String(entry.id), [...(told.get(String(entry.id)) ?? []), entry.note ?? '']);
  }
  return told;
}

function explain(copies: readonly Arrival[], history: History, taken: readonly TakenRequest[]): string | null {
  // Every copy but the last one needs its own lost answer.
  const reasons = copies.slice(0, -1).map((copy) => {
    const request = taken.find((candidate) => candidate.peer === copy.peer && candidate.id === copy.id);
    return request ? whyLost(request, history) : null;
  });
  return reasons.includes(null) ? null : reasons.join(', ');
}

/** Why the Hub cannot have settled this request at once; null: it could. */
function whyLost(request: TakenRequest, { disturbances }: History): string | null {
  if (request.answer === 'dropped' || request.answer === 'cut') return `answer ${request.answer}`;
  for (const { kind, atMs, untilMs } of disturbances) {
    const before = kind === 'postgres' ? UNFLUSHED_MS : SETTLE_MS;
    if (kind !== 'queue-emptied' && request.begunMs <= untilMs && request.endedMs >= atMs - before) return `${kind} in flight`;
  }
  return null;
}
