/**
 * Every kind of WhatsApp gateway that the Hub speaks to: adding one is its folder and a line here.
 * Not its job: deciding which of them an installation offers (processes).
 */
import type { Provider } from '#provider-kit';
import { evolution } from './evolution/index.ts';
import { sandbox } from './sandbox/index.ts';
import { uazapi } from './uazapi/index.ts';

export const providers: readonly Provider[] = [evolution, uazapi, sandbox];

/** Null when no provider has this id. */
export const providerById = (id: string): Provider | null => providers.find((provider) => provider.id === id) ?? null;
