import { createContext, use } from 'react';
import type { Session } from '../session/session.ts';
import type { Client } from './client.ts';

/** What the screens work with; made once in `main.tsx`. */
export interface Hub {
  readonly client: Client;
  readonly session: Session;
}

export const HubContext = createContext<Hub | null>(null);

export function useHub(): Hub {
  const hub = use(HubContext);
  if (hub === null) throw new Error('No hub above this component.');
  return hub;
}
