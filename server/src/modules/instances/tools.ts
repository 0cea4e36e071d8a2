import { AppError } from '#platform/trpc';
import type { AccountContext } from '#platform/trpc';
import type { KeyRing, Place } from '#platform/crypto';
import type { DeliveryFailure } from '#platform/outcome';
import type { Provider, ProviderTools } from '#provider-kit';
import { instanceErrors } from '@whatpro/sdk/contract';

/** What the wiring gives this room beside the account. */
export interface InstanceTools {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly peers: ProviderTools;
  readonly keys: KeyRing;
  /** Where gateways reach the Hub, without a trailing slash. */
  readonly publicUrl: string;
  /** Rows of the account changed: routes are read again, screens are told. */
  readonly changed: (accountId: string, instanceIds: readonly string[]) => void;
}

export type InstancesContext = AccountContext & { readonly tools: InstanceTools };

export const serverSecretAt = (accountId: string, rowId: string): Place => ({
  accountId,
  table: 'provider_server',
  column: 'admin_secret',
  rowId,
});
export const instanceTokenAt = (accountId: string, rowId: string): Place => ({ accountId, table: 'instance', column: 'token', rowId });

export function providerOf(tools: InstanceTools, id: string): Provider {
  const provider = tools.providers.get(id);
  if (!provider) throw new AppError(instanceErrors['not-supported'], { details: { provider: id } });
  return provider;
}

/** A peer's failure as a refusal: what a person can do about it, and the detail for the log. */
export function refusal(failure: DeliveryFailure): AppError {
  const details = { kind: failure.kind, detail: failure.detail };
  switch (failure.kind) {
    case 'credentials':
      return new AppError(instanceErrors['peer-credentials'], { details });
    case 'blocked':
      return new AppError(instanceErrors['address-not-allowed'], { details });
    case 'unreachable':
    case 'timeout':
    case 'unavailable':
    case 'throttled':
      return new AppError(instanceErrors['peer-unreachable'], { details });
    default:
      return new AppError(instanceErrors['peer-refused'], { details });
  }
}
