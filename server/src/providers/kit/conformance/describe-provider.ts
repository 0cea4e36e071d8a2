import { describe } from 'vitest';
import type { Provider } from '../provider.ts';
import { describeCapabilities } from './describe-capabilities.ts';
import { describeParsing } from './describe-parsing.ts';
import { describeSending } from './describe-sending.ts';
import { describeSteering } from './describe-steering.ts';
import type { Fixture } from './fixtures.ts';
import type { WireCases } from './wire-cases.ts';

export interface ProviderCases {
  readonly fixtures: readonly Fixture[];
  readonly wire: WireCases;
  /** Names of the properties by which the gateway's webhooks carry credentials. */
  readonly secretProperties: readonly string[];
}

/** Registers the tests that every provider must pass. Called once, from the provider's own test file. */
export function describeProvider(provider: Provider, cases: ProviderCases): void {
  describe(`provider ${provider.id}`, () => {
    describeParsing(provider, cases.fixtures, cases.secretProperties);
    describeCapabilities(provider, cases.fixtures, cases.wire);
    describeSending(provider, cases.wire);
    describeSteering(provider, cases.wire);
  });
}
