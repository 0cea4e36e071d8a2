import type { AddressInfo } from 'node:net';
import { sameSecret } from '#platform/crypto';
import { createApp, createHttpServer, mountRoutes } from '#platform/edge';
import type { PlainRoute } from '#platform/edge';
import { readDeepHealth } from './health-routes.ts';
import type { Hub } from './open-hub.ts';

export interface MetricsListener {
  readonly url: string;
  stop(): Promise<void>;
}

/** What whoever runs the Hub reads, apart from what the public reaches. Null when no port is set for it. */
export async function startMetricsListener(hub: Hub): Promise<MetricsListener | null> {
  const { metricsPort, metricsHost, metricsToken } = hub.settings;
  if (metricsPort === undefined) return null;
  const app = createApp({
    trustProxy: 0,
    // A scraper with the token reaches it by whatever name its network gives it. Without a token it must not be another's name for loopback.
    hostNames: metricsToken === undefined ? [metricsHost] : 'any',
    onError: (error) => hub.log.warn('metrics.failed', { err: error }),
    mount(app) {
      app.use((request, response, next) => (mayRead(hub, request.headers.authorization) ? next() : void response.status(401).end()));
      mountRoutes(app, [metricsRoute(hub), deepRoute(hub)], []);
    },
  });
  const server = createHttpServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(metricsPort, metricsHost, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${metricsHost.includes(':') ? `[${metricsHost}]` : metricsHost}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function mayRead({ settings }: Hub, authorization: string | undefined): boolean {
  const { metricsToken } = settings;
  if (metricsToken === undefined) return true;
  return authorization !== undefined && sameSecret(authorization, `Bearer ${metricsToken.expose()}`);
}

export const metricsRoute = (hub: Hub): PlainRoute => ({
  method: 'get',
  path: '/metrics',
  guard: 'none',
  async handler(_request, response) {
    const text = await hub.metrics.expose();
    response.setHeader('Content-Type', hub.metrics.contentType);
    response.end(text);
  },
});

const deepRoute = (hub: Hub): PlainRoute => ({
  method: 'get',
  path: '/health/deep',
  guard: 'none',
  async handler(_request, response) {
    const { ok, report } = await readDeepHealth(hub);
    response.status(ok ? 200 : 503).json(report);
  },
});
