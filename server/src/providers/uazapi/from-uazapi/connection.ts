import type { ConnectionReport, ConnectionState, ParsedWebhook, SuggestedAction } from '#provider-kit';
import { at, bodyHash, eventKey, firstText, lineOf, textOf } from '#provider-kit';
import type { Envelope } from './envelope.ts';
import { digitsOf, unrecognised } from './envelope.ts';

// A QR of WhatsApp is about 5 KB; a longer text is not one.
const QR_MAX = 200_000;

export function fromConnection(envelope: Envelope): ParsedWebhook {
  const { body } = envelope;
  const instance = at(body, 'instance') ?? at(body, 'data', 'instance') ?? at(body, 'data');
  if (firstText(at(instance, 'status'), at(body, 'status'), at(body, 'type')) === null)
    return unrecognised(envelope, 'a connection without a status');
  const report = reportOf({
    status: firstText(at(instance, 'status'), at(body, 'status')),
    instance,
    owner: at(body, 'owner'),
    loggedOut: at(body, 'type') === 'LoggedOut',
  });
  const fact = [report.state, at(instance, 'lastDisconnect'), report.reason, report.qr, report.pairCode, report.phone];
  return { key: eventKey('connection', report.state, bodyHash(fact)), recurring: true, events: [{ type: 'connection', report }] };
}

export interface StatusFacts {
  readonly status: string | null;
  readonly instance: unknown;
  readonly owner?: unknown;
  readonly loggedOut?: boolean;
}

/** The connection in the kit's words: from a webhook, from `/instance/status` and from a row of `/instance/all` alike. */
export function reportOf(facts: StatusFacts): ConnectionReport {
  const { instance } = facts;
  const reason = lineOf(at(instance, 'lastDisconnectReason'));
  const qr = qrOf(at(instance, 'qrcode'));
  const pairCode = pairCodeOf(at(instance, 'paircode'));
  const state = stateOf(facts, reason, qr !== null || pairCode !== null);
  const phone = digitsOf(facts.owner) ?? digitsOf(at(instance, 'owner'));
  const profileName = lineOf(at(instance, 'profileName'), 120);
  return {
    state,
    action: ACTIONS[state],
    ...(reason === null || state === 'connected' ? {} : { reason }),
    ...(phone === null ? {} : { phone }),
    ...(profileName === null ? {} : { profileName }),
    ...(qr === null || state !== 'pairing' ? {} : { qr }),
    ...(pairCode === null || state !== 'pairing' ? {} : { pairCode }),
  };
}

/** `hibernated` is paused with its credentials kept; asking it to connect wakes it. */
const ACTIONS: Readonly<Record<ConnectionState, SuggestedAction>> = {
  connected: 'none',
  connecting: 'wait',
  pairing: 'pair-again',
  disconnected: 'pair-again',
  'logged-out': 'pair-again',
  hibernated: 'pair-again',
  removed: 'contact-support',
  unknown: 'wait',
};

function stateOf(facts: StatusFacts, reason: string | null, waitsForPerson: boolean): ConnectionState {
  if (facts.loggedOut === true) return goneReason(reason) ? 'removed' : 'logged-out';
  switch (facts.status?.toLowerCase()) {
    case 'connected':
      return 'connected';
    case 'connecting':
      return waitsForPerson ? 'pairing' : 'connecting';
    case 'hibernated':
      return 'hibernated';
    case 'disconnected':
      if (goneReason(reason)) return 'removed';
      return /logged out|^401\b/i.test(reason ?? '') ? 'logged-out' : 'disconnected';
    default:
      return 'unknown';
  }
}

const goneReason = (reason: string | null): boolean => reason !== null && /instance deletion/i.test(reason);

function qrOf(raw: unknown): string | null {
  const text = textOf(raw);
  return text !== null && text.length <= QR_MAX && /^data:image\/[a-z]+;base64,[A-Za-z0-9+/=]+$/.test(text) ? text : null;
}

function pairCodeOf(raw: unknown): string | null {
  const text = textOf(raw);
  return text !== null && /^[A-Za-z0-9-]{4,16}$/.test(text) ? text : null;
}
