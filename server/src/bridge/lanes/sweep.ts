import type { Dispatcher } from './dispatcher.ts';
import type { Road } from './road.ts';

export interface Sweeper {
  stop(): void;
}

const BATCH = 1_000;

/**
 * Finds lanes that are due and that nobody holds, whatever became of their wake-up: an emptied queue, a crash, a lost timer.
 * Runs in every worker; two at once cost a look-up and nothing else.
 */
export function startSweeper(options: {
  readonly road: Pick<Road, 'dueLanes'>;
  readonly dispatcher: Pick<Dispatcher, 'wake'>;
  readonly everyMs: number;
  readonly onSwept: (found: number, oldestMs: number) => void;
  readonly onError: (error: unknown) => void;
}): Sweeper {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const again = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void sweep(), options.everyMs * (0.75 + Math.random() * 0.5));
  };
  const sweep = async (): Promise<void> => {
    try {
      const lanes = await options.road.dueLanes(BATCH);
      for (const lane of lanes) options.dispatcher.wake(lane);
      options.onSwept(
        lanes.length,
        lanes.reduce((oldest, lane) => Math.max(oldest, lane.lateMs), 0),
      );
    } catch (error) {
      options.onError(error);
    }
    again();
  };
  void sweep();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
