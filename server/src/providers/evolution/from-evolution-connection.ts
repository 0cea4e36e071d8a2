import type { ConnectionReport, ParsedWebhook } from '#provider-kit';
import { fact, unrecognised, type Envelope } from './envelope.ts';
import { scrub } from './failures.ts';
import { eventKey } from './ids.ts';
import { pngOf, reportOf } from './pairing.ts';
import { fieldsOf, inside, numberOf, textOf } from './payload.ts';

const reported = (envelope: Envelope, report: ConnectionReport): ParsedWebhook =>
  fact(eventKey('connection', report.state, envelope.digest), { type: 'connection', report });

export function fromConnectionUpdate(envelope: Envelope): ParsedWebhook {
  const { state, statusReason, wuid, profileName } = inside(envelope.data);
  if (textOf(state) === undefined) return unrecognised('a connection update without a state', envelope.digest);
  return reported(envelope, reportOf({ state, code: statusReason, owner: wuid, profileName }));
}

/** Sent beside `close`, only for endings that a reconnect does not mend. */
export function fromStatusInstance(envelope: Envelope): ParsedWebhook {
  const { status, disconnectionReasonCode } = inside(envelope.data);
  return reported(envelope, reportOf({ state: status, code: disconnectionReasonCode }));
}

export function fromEnded(envelope: Envelope, state: 'logged-out' | 'removed'): ParsedWebhook {
  return reported(envelope, { state, action: state === 'removed' ? 'contact-support' : 'pair-again' });
}

export function fromQrCode(envelope: Envelope): ParsedWebhook {
  const { qrcode, statusCode, message } = inside(envelope.data);
  if (fieldsOf(qrcode) === null) {
    if (numberOf(statusCode) === undefined) return unrecognised('a QR event without a QR', envelope.digest);
    const reason = scrub(textOf(message) ?? 'No more QR codes.').slice(0, 200);
    return reported(envelope, { state: 'disconnected', action: 'pair-again', reason });
  }
  const qr = pngOf(inside(qrcode)['base64']);
  const pairCode = textOf(inside(qrcode)['pairingCode']);
  return reported(envelope, {
    state: 'pairing',
    action: 'none',
    ...(qr === undefined ? {} : { qr }),
    ...(pairCode === undefined ? {} : { pairCode: pairCode.slice(0, 20) }),
  });
}
