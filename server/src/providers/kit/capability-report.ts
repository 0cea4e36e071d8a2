import type { Level } from './capabilities.ts';
import { CONTENT_KINDS } from './capabilities.ts';
import type { Provider } from './provider.ts';

export interface CapabilityLine {
  readonly provider: string;
  readonly direction: 'inbound' | 'outbound' | 'receipts';
  /** A content kind, or `sent`, `delivered`, `read`. */
  readonly kind: string;
  readonly level: Level;
}

/** What every provider claims, a line per kind and direction: the source of the documentation's table. */
export function capabilityReport(providers: readonly Pick<Provider, 'id' | 'capabilities'>[]): readonly CapabilityLine[] {
  return providers.flatMap(({ id, capabilities }) => [
    ...(['inbound', 'outbound'] as const).flatMap((direction) =>
      CONTENT_KINDS.map((kind) => ({ provider: id, direction, kind, level: capabilities[direction][kind] })),
    ),
    ...(['sent', 'delivered', 'read'] as const).map((kind) => ({
      provider: id,
      direction: 'receipts' as const,
      kind,
      level: capabilities.receipts[kind],
    })),
  ]);
}
