import { createContext, use } from 'react';
import type { Agent } from './peers/agent.ts';
import type { Customer, Phone } from './peers/phone.ts';

/** What every part of the sandbox page works with. */
export interface Sandbox {
  readonly accountId: string;
  readonly instanceId: string;
  readonly phone: Phone;
  readonly agent: Agent;
  /** Whose phone is held. */
  readonly customer: Customer;
  readonly holdPhoneOf: (customer: Customer) => void;
}

export const SandboxContext = createContext<Sandbox | null>(null);

export function useSandbox(): Sandbox {
  const sandbox = use(SandboxContext);
  if (sandbox === null) throw new Error('No sandbox above this component.');
  return sandbox;
}
