import type { Clock } from '#platform/clock';
import type { Blobs } from '../wire/blobs.ts';
import type { Faults } from '../wire/faults.ts';
import type { Journal } from '../wire/journal.ts';
import type { Notify } from './notify.ts';
import type { Show } from './show.ts';
import type { World } from './world.ts';

/** What every answer of the sandbox Chatwoot works with. */
export interface Context {
  readonly world: World;
  readonly show: Show;
  readonly notify: Notify;
  readonly blobs: Blobs;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Null: no flood guard. */
  readonly floodLimitPerMinute: number | null;
}

export const now = (context: Pick<Context, 'clock'>): number => context.clock.now().getTime();
