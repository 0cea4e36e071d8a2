import { newId } from '#platform/ids';
import type { Clock } from '#platform/clock';
import type { DeliveryFailure } from '#platform/outcome';
import { postToChatwoot } from './inbound/post-to-chatwoot.ts';
import { createDispatcher } from './lanes/dispatcher.ts';
import type { Dispatcher } from './lanes/dispatcher.ts';
import { runLane } from './lanes/run-lane.ts';
import type { Delivery, DeliveryTask, SettledEvent } from './lanes/run-lane.ts';
import type { LaneRef, Lease, Road } from './lanes/road.ts';
import { startSweeper } from './lanes/sweep.ts';
import { deliverToGateway } from './outbound/deliver-to-gateway.ts';
import { tellChatwoot } from './receipts/tell-chatwoot.ts';
import type { FindRoute, Route } from './routes/route.ts';

export interface BridgeOptions {
  readonly road: Road;
  readonly clock: Clock;
  readonly findRoute: FindRoute;
  /** Lanes at work at once in this process. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly sweepEveryMs: number;
  readonly isTransient: (error: unknown) => boolean;
  readonly onSettled: (event: SettledEvent) => void;
  readonly onSwept: (found: number, oldestMs: number) => void;
  readonly onError: (where: string, error: unknown) => void;
}

export interface Bridge {
  readonly wake: (lane: LaneRef) => void;
  readonly load: () => number;
  /** Lets the running lanes end after their current message and gives them back. */
  stop(): Promise<void>;
}

/** The delivering half of the road: runs lanes that are woken, and sweeps for those whose wake-up was lost. */
export function createBridge(options: BridgeOptions): Bridge {
  const holder = newId();
  let stopping = false;
  const dispatcher: Dispatcher = createDispatcher({
    concurrency: options.concurrency,
    perAccount: Math.max(1, Math.ceil(options.concurrency / 2)),
    run: (lane) =>
      runLane(
        {
          road: options.road,
          clock: options.clock,
          holder,
          leaseMs: options.leaseMs,
          deliver: (direction, task) => deliver(options.findRoute, direction, task),
          onSettled: options.onSettled,
          wake: (other) => dispatcher.wake(other),
          wakeAfter: (other, delayMs) => dispatcher.wakeAfter(other, delayMs),
          stopping: () => stopping,
          isTransient: options.isTransient,
        },
        lane,
      ),
    onError: (lane, error) => {
      if (!options.isTransient(error)) options.onError('lane', error);
      dispatcher.wakeAfter(lane, 1_000);
    },
  });
  const sweeper = startSweeper({
    road: options.road,
    dispatcher,
    everyMs: options.sweepEveryMs,
    onSwept: options.onSwept,
    onError: (error) => options.onError('sweep', error),
  });
  return {
    wake: (lane) => dispatcher.wake(lane),
    load: () => dispatcher.load,
    async stop() {
      stopping = true;
      sweeper.stop();
      await dispatcher.stop();
    },
  };
}

const STEP: Readonly<Record<Lease['direction'], (route: Route, task: DeliveryTask) => Promise<Delivery>>> = {
  inbound: postToChatwoot,
  outbound: deliverToGateway,
  receipt: tellChatwoot,
};

async function deliver(findRoute: FindRoute, direction: Lease['direction'], task: DeliveryTask): Promise<Delivery> {
  const route = await findRoute(task.accountId, task.thread.instanceId);
  return route ? STEP[direction](route, task) : { ok: false, failure: noRoute };
}

const noRoute: DeliveryFailure = {
  kind: 'not-found',
  retry: 'later',
  certainty: 'not-sent',
  scope: 'peer',
  retryAfterMs: 30_000,
  detail: 'The instance of this message is not there any more.',
};
