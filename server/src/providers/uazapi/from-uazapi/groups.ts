import type { Notice, ParsedWebhook, ProviderEvent, WhatsAppAddress } from '#provider-kit';
import { at, bodyHash, eventKey, firstInstant, firstText, isGroup, listOf, notice, phoneOf, toAddress } from '#provider-kit';
import { inventedId } from '../ids.ts';
import { peopleIn } from './chat.ts';
import type { Envelope } from './envelope.ts';
import { ignored, understood, unrecognised } from './envelope.ts';

type Message = Extract<ProviderEvent, { type: 'message' }>;

/** Who joined, left or became an administrator, and a new name: each a line in the group's chat. */
export function fromGroups(envelope: Envelope): ParsedWebhook {
  const group = at(envelope.body, 'event');
  const address = toAddress(at(group, 'JID'));
  if (address === null || !isGroup(address)) return unrecognised(envelope, 'a group event without a group');
  const version = firstText(at(group, 'ParticipantVersionID')) ?? bodyHash(group);
  const lines = at(envelope.body, 'type') === 'JoinedGroup' ? [notice('group-joined', nameOf(group))] : linesOf(group);
  const [first, ...rest] = lines.map((line): Message => ({
    type: 'message',
    id: inventedId(address, version, line.of),
    content: line,
    ...about(envelope, group, address),
  }));
  if (first === undefined) return ignored(envelope, 'a group setting');
  return understood(eventKey('group', address, version), first, ...rest);
}

function linesOf(group: unknown): readonly Notice[] {
  const name = nameOf(group);
  return [
    ...people('group-join', group, 'Join', 'JoinLid'),
    ...people('group-leave', group, 'Leave', 'LeaveLid'),
    ...people('group-promote', group, 'Promote'),
    ...people('group-demote', group, 'Demote'),
    ...(name === null ? [] : [notice('group-name', name)]),
  ];
}

/** Phones when the event has them, else the LIDs, which name the same people. */
function people(of: string, group: unknown, ...fields: readonly string[]): readonly Notice[] {
  for (const field of fields) {
    const addresses = listOf(at(group, field))
      .slice(0, 50)
      .map(toAddress)
      .filter((address) => address !== null);
    if (addresses.length > 0) return [notice(of, addresses.map((address) => phoneOf(address) ?? address).join(', '))];
  }
  return [];
}

const nameOf = (group: unknown): string | null => firstText(at(group, 'Name'), at(group, 'Name', 'Name'));

function about(envelope: Envelope, group: unknown, address: WhatsAppAddress): Pick<Message, 'chat' | 'origin' | 'at' | 'author'> {
  const addresses = peopleIn([at(group, 'SenderPN'), at(group, 'sender_pn'), at(group, 'Sender'), at(group, 'sender_lid')]);
  const byUs = envelope.owner !== null && addresses.some((actor) => actor === toAddress(envelope.owner));
  return {
    chat: { kind: 'group', addresses: [address] },
    origin: byUs ? 'own-device' : 'contact',
    at: firstInstant(at(group, 'Timestamp'), at(group, 'GroupCreated')),
    ...(addresses.length === 0 ? {} : { author: { addresses } }),
  };
}
