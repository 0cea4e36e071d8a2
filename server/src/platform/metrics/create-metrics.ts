import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createRouteLabels } from './route-label.ts';

export type Direction = 'inbound' | 'outbound';

/** How a message's way through the Hub ended, or that it will be tried again. */
export type MessageOutcome = 'delivered' | 'duplicate' | 'skipped' | 'retried' | 'dead-lettered';

export interface HttpObservation {
  readonly method: string;
  /** The route pattern, never a path with values in it. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** No label ever names an account, a person or an id (TI-10). All durations in seconds. */
export interface Metrics {
  httpRequest(observation: HttpObservation): void;
  /** `seconds` from receipt to the outcome; left out where nothing was timed. */
  message(direction: Direction, outcome: MessageOutcome, seconds?: number): void;
  /** Age of the oldest message that waits in any lane; 0 when none does. */
  laneOldestPending(seconds: number): void;
  /** The Prometheus text exposition, with `contentType`. */
  expose(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  /** CPU, memory, event loop and garbage collection of this process. Default true. */
  readonly ofProcess?: boolean;
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MESSAGE_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800];

const statusClass = (status: number): string => (status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'other');

export function createMetrics({ ofProcess = true }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (ofProcess) collectDefaultMetrics({ register: registry });

  const httpLabels = ['method', 'route', 'status'] as const;
  const httpTotal = new Counter({ name: 'hub_http_request_total', help: 'Requests answered.', labelNames: httpLabels, registers });
  const httpSeconds = new Histogram({
    name: 'hub_http_request_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route'] as const,
    buckets: HTTP_SECONDS,
    registers,
  });
  const messageTotal = new Counter({
    name: 'hub_message_total',
    help: 'Messages by what became of them.',
    labelNames: ['direction', 'outcome'] as const,
    registers,
  });
  const messageSeconds = new Histogram({
    name: 'hub_message_seconds',
    help: 'Time from the receipt of a message to its outcome.',
    labelNames: ['direction'] as const,
    buckets: MESSAGE_SECONDS,
    registers,
  });
  const oldestPending = new Gauge({
    name: 'hub_lane_oldest_pending_seconds',
    help: 'Age of the oldest message that waits in any lane.',
    registers,
  });
  const routeLabel = createRouteLabels();

  return {
    httpRequest({ method, route, status, seconds }) {
      const labels = { method: METHODS.includes(method) ? method : 'other', route: routeLabel(route) };
      httpTotal.inc({ ...labels, status: statusClass(status) });
      httpSeconds.observe(labels, seconds);
    },
    message(direction, outcome, seconds) {
      messageTotal.inc({ direction, outcome });
      if (seconds !== undefined) messageSeconds.observe({ direction }, seconds);
    },
    laneOldestPending: (seconds) => oldestPending.set(seconds),
    expose: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
