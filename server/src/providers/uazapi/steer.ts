import type { Attempt, DeliveryFailure } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { ConnectionReport, PairingInput, PairingStep } from '#provider-kit';
import { at, flagOf, invalidAnswer, lineOf, recordOf, refusedHere, textOf } from '#provider-kit';
import type { Call } from './gateway.ts';
import { reportOf } from './from-uazapi/connection.ts';

/** A QR is good for two minutes, a code for five. */
const QR_SECONDS = 120;
const CODE_SECONDS = 300;
const POLL_SECONDS = 2;
// The gateway answers when the pairing has started, which takes WhatsApp some seconds.
const CONNECT_TIMEOUT_MS = 45_000;

export async function report(call: Call): Promise<Attempt<ConnectionReport>> {
  const answer = await call({ method: 'GET', path: '/instance/status' });
  if (answer.ok) return isInstance(at(answer.value, 'instance')) ? succeeded(reportOfStatus(answer.value)) : failed(NO_INSTANCE);
  if (answer.failure.kind === 'not-connected') return succeeded({ state: 'disconnected', action: 'pair-again' });
  if (answer.failure.kind === 'not-found') return succeeded({ state: 'removed', action: 'contact-support' });
  return answer;
}

const isInstance = (value: unknown): boolean => Object.keys(recordOf(value)).length > 0;

const NO_INSTANCE: DeliveryFailure = { ...invalidAnswer('no instance in the answer'), certainty: 'not-sent', scope: 'peer' };

function reportOfStatus(answer: unknown): ConnectionReport {
  const instance = at(answer, 'instance');
  const found = reportOf({ status: textOf(at(instance, 'status')), instance, owner: at(answer, 'status', 'jid', 'user') });
  // The row may lag behind the socket; the socket is the truth.
  return found.state === 'connected' && at(answer, 'status', 'connected') === false
    ? { ...found, state: 'connecting', action: 'wait' }
    : found;
}

/** A QR that is still shown is given again instead of starting anew; a code is bound to its phone, so it is always asked for. */
export async function connect(call: Call, { phone }: PairingInput): Promise<Attempt<PairingStep>> {
  if (phone !== undefined && !/^\d{10,15}$/.test(phone)) return failed(refusedHere('rejected', 'a phone for pairing has 10 to 15 digits'));
  const before = await report(call);
  if (before.ok && before.value.state === 'connected') return succeeded(done(before.value));
  if (!before.ok && before.failure.scope === 'peer') return before;
  if (phone === undefined && before.ok && before.value.qr !== undefined) return succeeded(stepOf(before.value, false));
  const answer = await call({
    method: 'POST',
    path: '/instance/connect',
    body: { json: phone === undefined ? {} : { phone } },
    timeoutMs: CONNECT_TIMEOUT_MS,
  });
  if (!answer.ok) return answer;
  const instance = at(answer.value, 'instance');
  if (!isInstance(instance)) return failed(NO_INSTANCE);
  const signedIn = flagOf(at(answer.value, 'connected')) && flagOf(at(answer.value, 'loggedIn'));
  return succeeded(
    stepOf(
      reportOf({ status: signedIn ? 'connected' : 'connecting', instance, owner: at(answer.value, 'jid', 'user') }),
      phone !== undefined,
    ),
  );
}

function stepOf(found: ConnectionReport, byCode: boolean): PairingStep {
  if (found.state === 'connected') return done(found);
  if (byCode && found.pairCode !== undefined) return { step: 'show-code', code: found.pairCode, expiresInSeconds: CODE_SECONDS };
  if (!byCode && found.qr !== undefined) return { step: 'show-qr', qr: found.qr, expiresInSeconds: QR_SECONDS };
  return { step: 'wait', pollInSeconds: POLL_SECONDS };
}

const done = (found: ConnectionReport): PairingStep =>
  found.phone === undefined ? { step: 'done' } : { step: 'done', phone: found.phone };

/** `/instance/reset` answers 200 also when it did nothing, because the last one was seconds ago. */
export async function restart(call: Call): Promise<Attempt<void>> {
  const answer = await call({
    method: 'POST',
    path: '/instance/reset',
    body: { json: {} },
    // A reset cannot help this session: it has to be paired again.
    reading: (failure, status) =>
      status === 403 || status === 409 ? { ...failure, kind: 'not-connected', retry: 'never', scope: 'peer' } : failure,
  });
  if (!answer.ok) return answer;
  const said = lineOf(at(answer.value, 'response')) ?? '';
  if (at(answer.value, 'resetting') !== false) return succeeded(undefined);
  const seconds = /\((\d{1,4})s remaining\)/.exec(said)?.[1];
  return failed({
    kind: 'throttled',
    retry: 'later',
    certainty: 'not-sent',
    scope: 'peer',
    retryAfterMs: Number(seconds ?? 10) * 1000,
    detail: said,
  });
}

export async function logOut(call: Call): Promise<Attempt<void>> {
  const answer = await call({ method: 'POST', path: '/instance/disconnect', body: { json: {} } });
  return answer.ok || answer.failure.kind === 'not-connected' ? succeeded(undefined) : answer;
}

/** An instance that is gone has no token any more: a refused token says as well that there is nothing left to remove. */
export async function remove(call: Call): Promise<Attempt<void>> {
  const answer = await call({
    method: 'DELETE',
    path: '/instance',
    reading: (failure, status) => (status === 401 && failure.kind === 'credentials' ? { ...failure, kind: 'not-found' } : failure),
  });
  return answer.ok || answer.failure.kind === 'not-found' ? succeeded(undefined) : answer;
}
