import type { Clock } from '#platform/clock';
import type { Blobs } from '../wire/blobs.ts';
import type { Faults } from '../wire/faults.ts';
import type { Journal } from '../wire/journal.ts';
import type { Notify } from './notify.ts';
import type { World } from './world.ts';

/** What every answer of the sandbox gateway works with. */
export interface Context {
  readonly world: World;
  readonly notify: Notify;
  readonly blobs: Blobs;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Phones (digits) that WhatsApp does not know. */
  readonly strangers: Set<string>;
  /** Runs later, unless the gateway closes before. */
  readonly later: (waitMs: number, run: () => void) => void;
  readonly receipts: { readonly sentAfterMs: number; readonly deliveredAfterMs: number } | null;
  readonly echoSends: boolean;
}

export const now = (context: Pick<Context, 'clock'>): number => context.clock.now().getTime();
