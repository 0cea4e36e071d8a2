import type { ParsedWebhook } from '#provider-kit';
import { at, eventKey, firstInstant, firstText, flagOf, lineOf, recordOf } from '#provider-kit';
import { messageIdOf } from '../ids.ts';
import { peopleIn } from './chat.ts';
import type { Envelope } from './envelope.ts';
import { understood, unrecognised } from './envelope.ts';

/** No call was ever captured: this reads the names that clients guess and those of the library underneath. */
export function fromCall(envelope: Envelope): ParsedWebhook {
  const call = callOf(envelope.body);
  const id = messageIdOf(firstText(at(call, 'id'), at(call, 'callId'), at(call, 'CallID'), at(call, 'callid')));
  const [first, ...rest] = peopleIn([
    at(call, 'CallCreatorAlt'),
    at(call, 'sender_pn'),
    at(call, 'chatid'),
    at(call, 'from'),
    at(call, 'From'),
    at(call, 'CallCreator'),
  ]);
  if (id === null || first === undefined) return unrecognised(envelope, 'a call without an id or a caller');
  const status =
    lineOf(firstText(at(call, 'status'), at(call, 'state'), at(envelope.body, 'status'), at(envelope.body, 'type')) ?? 'offer', 40) ??
    'offer';
  const video = flagOf(at(call, 'isVideo')) || flagOf(at(call, 'video')) || at(call, 'Media') === 'video';
  return understood(eventKey('call', id, status), {
    type: 'call',
    id,
    status,
    video,
    chat: { kind: 'person', addresses: [first, ...rest] },
    origin: flagOf(at(call, 'fromMe')) ? 'own-device' : 'contact',
    at: firstInstant(at(call, 'Timestamp'), at(call, 'timestamp'), at(envelope.body, 'timestamp')),
  });
}

function callOf(body: unknown): unknown {
  const candidates = [at(body, 'call'), at(body, 'event'), at(body, 'data')];
  return candidates.find((candidate) => Object.keys(recordOf(candidate)).length > 0) ?? body;
}
