import { failed, succeeded, type Attempt } from '#platform/outcome';
import {
  phoneOf,
  toAddress,
  type ConnectionReport,
  type ConnectionState,
  type PairingInput,
  type PairingStep,
  type SuggestedAction,
} from '#provider-kit';
import type { EvolutionApi } from './api.ts';
import { invalidAnswer, scrub } from './failures.ts';
import { instancePath } from './ids.ts';
import { fieldsOf, inside, numberOf, textOf, type Fields } from './payload.ts';

/** WhatsApp renews the QR every 20 to 45 s; asking earlier gives the same one again. */
const QR_SECONDS = 20;
const CODE_SECONDS = 40;
const POLL_SECONDS = 2;

/** One step of pairing. Asking again is the polling: while a socket waits for a person, Evolution answers at once. */
export async function connect(api: EvolutionApi, externalId: string, input: PairingInput): Promise<Attempt<PairingStep>> {
  const first = await ask(api, externalId, input);
  if (!first.ok || !openedForQr(first.value, input)) return first.ok ? stepOf(first.value, input) : first;
  // Only a socket that starts with the number gets a code, and this one was started for a QR: start it anew.
  const closed = await logOut(api, externalId);
  if (!closed.ok) return closed;
  const second = await ask(api, externalId, input);
  return second.ok ? stepOf(second.value, input) : second;
}

function ask(api: EvolutionApi, externalId: string, input: PairingInput): Promise<Attempt<unknown>> {
  const query = input.phone === undefined ? '' : `?number=${encodeURIComponent(input.phone)}`;
  return api.call({ method: 'GET', path: `${instancePath('instance/connect', externalId)}${query}`, timeoutMs: 20_000 });
}

/** Some versions nest the QR under `qrcode`. */
const qrOf = (answer: unknown): Fields => fieldsOf(inside(answer)['qrcode']) ?? inside(answer);

/** The code follows its QR within about three seconds; a second QR without a code means that none will come. */
function openedForQr(answer: unknown, input: PairingInput): boolean {
  const { base64, pairingCode, count } = qrOf(answer);
  return input.phone !== undefined && textOf(base64) !== undefined && textOf(pairingCode) === undefined && (numberOf(count) ?? 0) >= 2;
}

function stepOf(answer: unknown, input: PairingInput): Attempt<PairingStep> {
  if (fieldsOf(answer) === null) return failed(invalidAnswer('connect without an object'));
  if (inside(answer, 'instance')['state'] === 'open') return succeeded({ step: 'done' });
  const { base64, pairingCode } = qrOf(answer);
  const code = textOf(pairingCode);
  if (input.phone !== undefined) {
    return succeeded(
      code === undefined ? { step: 'wait', pollInSeconds: POLL_SECONDS } : { step: 'show-code', code, expiresInSeconds: CODE_SECONDS },
    );
  }
  const qr = pngOf(base64);
  return succeeded(
    qr === undefined ? { step: 'wait', pollInSeconds: POLL_SECONDS } : { step: 'show-qr', qr, expiresInSeconds: QR_SECONDS },
  );
}

/** A QR picture that a browser may show: a PNG as a data URI, and nothing else. */
export function pngOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^data:image\/png;base64,[A-Za-z0-9+/]+=*$/.test(value) ? value : undefined;
}

/** Closed already (400 up to 2.3) and gone (404) are what was asked for. */
export async function logOut(api: EvolutionApi, externalId: string): Promise<Attempt<void>> {
  const answer = await api.call({ method: 'DELETE', path: instancePath('instance/logout', externalId), timeoutMs: 20_000 });
  const done = answer.ok || answer.failure.kind === 'not-connected' || answer.failure.kind === 'not-found';
  return done ? succeeded(undefined) : answer;
}

interface Reported {
  readonly state?: unknown;
  /** Baileys' disconnect reason. */
  readonly code?: unknown;
  readonly owner?: unknown;
  readonly profileName?: unknown;
  readonly words?: unknown;
}

/** The one reading of Evolution's states, for events and for answers. */
export function reportOf({ state, code, owner, profileName, words }: Reported): ConnectionReport {
  const phone = phoneOf(toAddress(owner) ?? '')?.slice(1);
  const name = textOf(profileName);
  const reason = textOf(words) ?? REASONS[numberOf(code) ?? 0];
  const [connection, action] = meaningOf(state, numberOf(code));
  return {
    state: connection,
    action,
    ...(reason === undefined || connection === 'connected' ? {} : { reason: scrub(reason).slice(0, 200) }),
    ...(phone === undefined ? {} : { phone }),
    ...(name === undefined ? {} : { profileName: name.slice(0, 200) }),
  };
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Logged out on the phone or by WhatsApp (401).',
  402: 'WhatsApp ended the session (402).',
  403: 'WhatsApp refuses this account (403).',
  406: 'WhatsApp refuses this account (406).',
  440: 'Another session took over (440).',
};

function meaningOf(state: unknown, code: number | undefined): readonly [ConnectionState, SuggestedAction] {
  if (state === 'open') return ['connected', 'none'];
  if (state === 'connecting') return ['connecting', 'wait'];
  if (state === 'refused') return ['disconnected', 'pair-again'];
  if (state !== 'close' && state !== 'closed') return ['unknown', 'wait'];
  if (code === 401) return ['logged-out', 'pair-again'];
  if (code === 402 || code === 403 || code === 406) return ['logged-out', 'contact-support'];
  return ['disconnected', 'pair-again'];
}
