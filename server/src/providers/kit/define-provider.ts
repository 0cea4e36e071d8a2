import type { Capabilities } from './capabilities.ts';
import type { Provider, SessionOf } from './provider.ts';

type Claims<C extends Capabilities> = Omit<Provider, 'capabilities' | 'openSession'> & {
  readonly capabilities: C;
  openSession(...args: Parameters<Provider['openSession']>): SessionOf<C>;
};

/** What a provider claims in its capability table it must implement: anything less does not compile. */
export function defineProvider<const C extends Capabilities>(provider: Claims<C>): Provider {
  return provider;
}
