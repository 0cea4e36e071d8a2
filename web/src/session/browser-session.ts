import { useSyncExternalStore } from 'react';
import { useHub } from '../api/hub.tsx';
import { createSession } from './session.ts';
import type { Session, SessionState } from './session.ts';

const HINT = 'wph.was-signed-in';

export function createBrowserSession(): Session {
  return createSession({
    fetch: (address, init) => window.fetch(address, init),
    // Browsers offer locks on secure origins only; elsewhere two tabs may end each other's session.
    alone: (work) => ('locks' in navigator ? navigator.locks.request('wph.refresh', work) : work()),
    hint: {
      read: () => localStorage.getItem(HINT) === '1',
      write: (signedIn) => (signedIn ? localStorage.setItem(HINT, '1') : localStorage.removeItem(HINT)),
    },
    now: () => Date.now(),
  });
}

export function useSession(): SessionState {
  const { session } = useHub();
  return useSyncExternalStore(session.subscribe, session.read);
}
