import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Arrival, StubPeers } from './stub-peers.ts';

export interface LoadResult {
  readonly messages: number;
  readonly seconds: number;
  /** From the first byte of the webhook to its arrival at the other peer, sorted, in milliseconds. */
  readonly addedMs: readonly number[];
  /** From the webhook to its 200, sorted. */
  readonly ackMs: readonly number[];
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
}

export interface Load {
  readonly direction: 'inbound' | 'outbound';
  readonly messages: number;
  readonly contacts: number;
  /** So many webhooks wait for their 200 at once; with `perSecond` it is a limit only. */
  readonly inFlight: number;
  readonly perSecond?: number;
  /** First contact number, so that scenarios do not meet each other's contacts. */
  readonly contactsFrom: number;
}

const ARRIVE_WITHIN_MS = 60_000;
const agent = new Agent({ connections: 64, keepAliveTimeout: 60_000 });

/** Sends webhooks as the peers do, waits until everything came out at the other side, and checks order and count. */
export async function runLoad(peers: StubPeers, load: Load): Promise<LoadResult> {
  const inbound = load.direction === 'inbound';
  const url = inbound ? peers.webhooks().gateway : peers.webhooks().chatwoot;
  const arrivals = inbound ? peers.atChatwoot : peers.atGateway;
  const before = arrivals.length;
  const run = randomUUID().slice(0, 8);
  const startedAt = new Map<string, number>();
  const ackMs: number[] = [];
  const firstMs = performance.now();

  let next = 0;
  const send = async (): Promise<void> => {
    for (let index = next++; index < load.messages; index = next++) {
      if (load.perSecond) await until(firstMs + (index * 1_000) / load.perSecond);
      const contact = load.contactsFrom + (index % load.contacts);
      const mark = `${run}-${contact}-${index}`;
      const body = Buffer.from(JSON.stringify(inbound ? gatewayBody(peers, contact, mark) : chatwootBody(contact, mark, index)));
      const sentMs = performance.now();
      startedAt.set(mark, sentMs);
      const answer = await request(url, { method: 'POST', dispatcher: agent, headers: headersOf(peers, inbound, body), body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`the Hub answered ${answer.statusCode}`);
      ackMs.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, send));
  const came = (): Arrival[] => arrivals.slice(before).filter((arrival) => arrival.mark.startsWith(run));
  const deadline = performance.now() + ARRIVE_WITHIN_MS;
  while (came().length < load.messages && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));

  const all = came();
  const lastMs = all.at(-1)?.atMs ?? performance.now();
  return {
    messages: load.messages,
    seconds: (lastMs - firstMs) / 1_000,
    ...checked(all, startedAt),
    ackMs: ackMs.toSorted((a, b) => a - b),
  };
}

function checked(
  all: readonly Arrival[],
  startedAt: ReadonlyMap<string, number>,
): Pick<LoadResult, 'addedMs' | 'lost' | 'duplicated' | 'reordered'> {
  const seen = new Set<string>();
  const lastIndexOf = new Map<string, number>();
  const addedMs: number[] = [];
  let reordered = 0;
  for (const arrival of all) {
    if (seen.has(arrival.mark)) continue;
    seen.add(arrival.mark);
    addedMs.push(arrival.atMs - (startedAt.get(arrival.mark) ?? arrival.atMs));
    const [, contact = '', index = '0'] = arrival.mark.split('-');
    if ((lastIndexOf.get(contact) ?? -1) > Number(index)) reordered += 1;
    lastIndexOf.set(contact, Number(index));
  }
  return { addedMs: addedMs.toSorted((a, b) => a - b), lost: startedAt.size - seen.size, duplicated: all.length - seen.size, reordered };
}

async function until(whenMs: number): Promise<void> {
  const waitMs = whenMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

const phoneOf = (contact: number): string => `5511${900_000_000 + contact}`;

function headersOf(peers: StubPeers, inbound: boolean, body: Buffer): Record<string, string> {
  if (inbound) return { 'content-type': 'application/json' };
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', peers.inboxSecret).update(`${timestamp}.`).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    'x-chatwoot-timestamp': timestamp,
    'x-chatwoot-signature': `sha256=${signature}`,
    'x-chatwoot-delivery': randomUUID(),
  };
}

/** The size and shape of a real uazapi delivery (about 3 KB). */
function gatewayBody(peers: StubPeers, contact: number, mark: string): object {
  const phone = phoneOf(contact);
  const id = randomUUID().replaceAll('-', '').toUpperCase();
  const filler = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`lead_field${index}`, '']));
  return {
    BaseUrl: peers.gatewayUrl,
    EventType: 'messages',
    chat: {
      ...filler,
      id: 'r0',
      name: `Contact ${contact}`,
      phone: `+${phone}`,
      wa_chatid: `${phone}@s.whatsapp.net`,
      wa_name: `Contact ${contact}`,
      wa_isGroup: false,
    },
    chatSource: 'updated',
    instanceName: 'bench',
    owner: '5511900000000',
    token: peers.gatewayToken,
    message: {
      id: `5511900000000:${id}`,
      messageid: id,
      owner: '5511900000000',
      chatid: `${phone}@s.whatsapp.net`,
      chatlid: '',
      fromMe: false,
      isGroup: false,
      sender: `${phone}@s.whatsapp.net`,
      sender_pn: `${phone}@s.whatsapp.net`,
      sender_lid: '',
      senderName: `Contact ${contact}`,
      messageType: 'Conversation',
      type: 'text',
      mediaType: '',
      text: mark,
      content: mark,
      messageTimestamp: Date.now(),
      quoted: '',
      edited: '',
      reaction: '',
      vote: '',
      source: 'android',
      status: '',
      track_id: '',
      wasSentByApi: false,
    },
  };
}

let messageNumber = 1_000_000;

/** The shape of a real `message_created` delivery of an API inbox. */
function chatwootBody(contact: number, mark: string, index: number): object {
  const phone = phoneOf(contact);
  const id = messageNumber++;
  const sender = {
    id: contact,
    name: `Contact ${contact}`,
    phone_number: `+${phone}`,
    identifier: `${phone}@s.whatsapp.net`,
    type: 'contact',
  };
  return {
    event: 'message_created',
    id,
    content: mark,
    content_type: 'text',
    content_attributes: {},
    additional_attributes: {},
    message_type: 'outgoing',
    private: false,
    source_id: null,
    created_at: new Date().toISOString(),
    account: { id: 1, name: 'Bench' },
    inbox: { id: 1, name: 'bench' },
    sender: { id: 1, name: 'Agent', email: 'agent@example.com', type: 'user' },
    conversation: {
      id: 10_000_000 + contact,
      inbox_id: 1,
      channel: 'Channel::Api',
      status: 'open',
      can_reply: true,
      labels: [],
      custom_attributes: {},
      contact_inbox: { id: contact, contact_id: contact, inbox_id: 1, source_id: `${phone}@s.whatsapp.net` },
      meta: { sender, assignee: null, team: null },
      messages: [{ id, content: mark, message_type: 1, created_at: Math.floor(Date.now() / 1_000), index }],
    },
  };
}
