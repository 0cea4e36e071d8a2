import type { ConnectionReport, SuggestedAction } from '#provider-kit';
import { at, textOf } from '#provider-kit';

const STATES = ['disconnected', 'pairing', 'connected', 'logged-out'] as const;
type State = (typeof STATES)[number];

const ACTIONS: Readonly<Record<State, SuggestedAction>> = {
  disconnected: 'pair-again',
  pairing: 'pair-again',
  connected: 'none',
  'logged-out': 'pair-again',
};

/** From a webhook, an instance's page or a row of the list: the names are the same. */
export function reportOf(source: unknown): ConnectionReport {
  const state = STATES.find((known) => known === at(source, 'state'));
  const phone = /^\+?(\d{6,18})$/.exec(textOf(at(source, 'phone')) ?? '')?.[1];
  const qr = textOf(at(source, 'qr'));
  const pairCode = textOf(at(source, 'code'));
  return {
    state: state ?? 'unknown',
    action: state === undefined ? 'wait' : ACTIONS[state],
    ...(phone === undefined ? {} : { phone }),
    ...(qr !== null && state === 'pairing' && /^data:image\/[a-z+]+;base64,[A-Za-z0-9+/=]+$/.test(qr) ? { qr } : {}),
    ...(pairCode !== null && state === 'pairing' && /^[A-Za-z0-9-]{4,16}$/.test(pairCode) ? { pairCode } : {}),
  };
}
