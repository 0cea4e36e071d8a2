import { toAddress, type Chat, type ParsedWebhook } from '#provider-kit';
import { groupAddress, isBroadcast, personAddresses } from './addresses.ts';
import { fact, ignored, unrecognised, type Envelope } from './envelope.ts';
import { eventKey, messageIdOf } from './ids.ts';
import { dateOf, inside, textOf } from './payload.ts';

type Typing = 'composing' | 'recording' | 'paused';

/** Baileys reports the end of typing as `available`. */
const TYPING: ReadonlyMap<unknown, Typing> = new Map<unknown, Typing>([
  ['composing', 'composing'],
  ['recording', 'recording'],
  ['paused', 'paused'],
  ['available', 'paused'],
  ['unavailable', 'paused'],
]);

export function fromPresence(envelope: Envelope): ParsedWebhook {
  const { id } = inside(envelope.data);
  const presences = Object.entries(inside(envelope.data, 'presences')).slice(0, 50);
  const states = presences.map(([, presence]) => TYPING.get(inside(presence)['lastKnownPresence'])).filter((state) => state !== undefined);
  const state = states.find((one) => one !== 'paused') ?? states[0];
  const chat = chatOf([id, ...presences.map(([jid]) => jid)], envelope);
  if (!chat || state === undefined) return ignored(envelope, 'a presence without a chat or a state');
  return fact(eventKey('typing', state, envelope.digest), { type: 'typing', chat, state });
}

export function fromCall(item: unknown, envelope: Envelope): ParsedWebhook {
  const call = inside(item);
  const id = messageIdOf(call['id']);
  const status = textOf(call['status']);
  if (id === undefined || status === undefined) return unrecognised('a call without an id', envelope.digest);
  const chat = chatOf([call['chatId'], call['from'], call['callerPn'], call['fromPn']], envelope);
  if (!chat) return ignored(envelope, 'a call without the other side');
  return fact(eventKey('call', id, status), {
    type: 'call',
    chat,
    origin: 'contact',
    at: dateOf(call['date']) ?? envelope.at,
    id,
    status: status.slice(0, 50),
    video: call['isVideo'] === true,
  });
}

function chatOf([id, ...others]: readonly unknown[], { own }: Envelope): Chat | null {
  if (isBroadcast(id)) return null;
  const group = groupAddress(id);
  if (group) return { kind: 'group', addresses: [group] };
  const [first, ...rest] = personAddresses(
    [id, ...others].filter((one) => toAddress(one) !== null),
    own,
  );
  return first === undefined ? null : { kind: 'person', addresses: [first, ...rest] };
}
