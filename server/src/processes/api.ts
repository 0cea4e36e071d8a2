import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import type { Express, Request } from 'express';
import { ensureFirstOperator } from '#modules/access';
import { exportAuditRoute } from '#modules/audit';
import { createCredentialRoutes } from '#modules/credentials';
import { requireFeature } from '#modules/settings';
import { systemClock } from '#platform/clock';
import { StartProblem } from '#platform/database';
import {
  appHeaders,
  createApp,
  createHttpServer,
  CROSS_ORIGIN_PATHS,
  crossOrigin,
  jsonBody,
  mountRoutes,
  requestFactsOf,
  trpcGate,
} from '#platform/edge';
import type { PlainRoute } from '#platform/edge';
import { createRestRouter, docsRoutes, panelRoutes, renderOpenApi } from '#platform/rest';
import { createTrpcHandler, publicErrorOf } from '#platform/trpc';
import { createRouter } from '../router.ts';
import { VERSION } from './version.ts';
import { healthRoutes } from './health-routes.ts';
import { hookHandlers } from './hook-routes.ts';
import { metricsRoute } from './metrics-listener.ts';
import type { Hub } from './open-hub.ts';
import { onceTools } from './once-tools.ts';
import { createRequestContext } from './request-context.ts';
import type { MountedSandbox } from './sandbox-peers.ts';

export interface Api {
  /** Where it listens, for people on this machine. */
  readonly url: string;
  /** The first operator, when this start made it. */
  readonly firstOperator: { readonly email: string; readonly password: string | null } | null;
  /** No new requests; resolves when the running ones are answered. */
  stop(): Promise<void>;
}

/** The web side of the Hub: hooks, procedures, pages. */
export async function startApi(hub: Hub, sandbox: MountedSandbox | null): Promise<Api> {
  const { settings, access } = hub;
  let stopping = false;
  const made = await ensureFirstOperator(access.context, { email: settings.operatorEmail, password: settings.operatorPassword });
  const router = createRouter({
    database: hub.database,
    access: access.context,
    instances: hub.instances,
    inboxes: hub.inboxes,
    messages: { live: hub.live, changed: hub.messagesChanged },
    people: { access: access.context, publicUrl: settings.publicUrl },
    settings: { production: settings.production, originsChanged: hub.origins.forget },
    sandbox: () => sandbox?.keys() ?? null,
  });
  const createContext = createRequestContext(hub);

  const plain = plainRoutes(hub, router, () => stopping);
  const origin = new URL(settings.publicUrl).origin;
  const app = createApp({
    trustProxy: settings.trustProxy,
    hostNames: [new URL(settings.publicUrl).hostname],
    onError: (error, request) => logEdgeError(hub, error, request),
    onAnswered(answered, request) {
      hub.metrics.httpRequest(answered);
      const { method, route, status, seconds } = answered;
      const { requestId: id, ip } = requestFactsOf(request);
      hub.log.debug('request.answered', { req: { method, route, id, ip }, res: { status }, ms: Math.round(seconds * 1_000) });
    },
    mount(app) {
      app.post(
        '/hooks/:source/:token',
        ...hookHandlers({
          endpoints: hub.endpoints,
          gateway: { road: hub.road, findRoute: hub.routes.find, recordConnection: hub.recordConnection },
          chatwoot: { road: hub.road, findRoute: hub.routes.findByInbox, now: systemClock.now },
          admit: hub.limits.admitDelivery,
          wake: hub.wake,
          changed: hub.messagesChanged,
          log: hub.log,
        }),
      );
      if (sandbox) sandbox.mount(app);
      app.use([...CROSS_ORIGIN_PATHS], crossOrigin(hub.origins, [origin]));
      app.use(['/api/v1', '/trpc'], hub.limits.requests.byAddress, jsonBody());
      mountRoutes(app, plain, [origin]);
      app.use('/api/v1', createRestRouter({ router, createContext, once: onceTools(hub) }));
      app.use(
        '/trpc',
        trpcGate,
        createTrpcHandler({ router, createContext, onError: ({ error, request }) => logEdgeError(hub, error, request) }),
      );
      mountWeb(app);
    },
  });

  const server = createHttpServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenProblem(error, settings.host, settings.port)));
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const shownHost = settings.host === '0.0.0.0' || settings.host === '::' ? '127.0.0.1' : settings.host;
  return {
    url: `http://${shownHost}:${port}`,
    firstOperator: made.made ? { email: made.email, password: made.password?.expose() ?? null } : null,
    async stop() {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), 5_000);
      await closed;
      clearTimeout(force);
    },
  };
}

/** Every address that no procedure stands behind, but for the hooks and the pages of the app. */
export function plainRoutes(hub: Hub, router: ReturnType<typeof createRouter>, isStopping: () => boolean): readonly PlainRoute[] {
  const own = [
    ...hub.access.routes,
    ...createCredentialRoutes(hub.access, (request) => hub.limits.requests.admitOf(request)),
    exportRoute(hub),
  ];
  const always = [...own, ...healthRoutes(hub, isStopping)];
  if (hub.settings.production) return always;
  const openApi = renderOpenApi(router, { version: VERSION, routes: own });
  return [...always, ...docsRoutes(openApi), ...panelRoutes(router), metricsRoute(hub)];
}

/** Refusals are the caller's business; what nobody expected is ours. */
function logEdgeError(hub: Hub, error: unknown, request: Request): void {
  const told = publicErrorOf(error);
  if (told.status < 500) return;
  hub.log.error('request.failed', { err: error, req: request, requestId: requestFactsOf(request).requestId });
}

const exportRoute = (hub: Hub): PlainRoute =>
  exportAuditRoute(createRequestContext(hub), (account) => account.database.run((database) => requireFeature(database, 'audit-export')));

/** The built pages. Every other address of the app is answered with its first page; its assets never change under one name. */
function mountWeb(app: Express): void {
  const folder = join(process.cwd(), 'web', 'dist');
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return;
  app.use(
    '/assets',
    express.static(join(folder, 'assets'), {
      immutable: true,
      maxAge: '1y',
      fallthrough: false,
      setHeaders: (response) => response.setHeader('Cache-Control', 'public, max-age=31536000, immutable'),
    }),
  );
  app.get(['/', '/sign-in', '/sandbox'], appHeaders, (_request, response) => void response.sendFile(index));
  app.use(express.static(folder, { index: false }));
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new StartProblem(
      'port-taken',
      `Port ${port} on ${host} is taken by another program.`,
      'End that program, or choose another port with HUB_PORT.',
      { cause: error },
    );
  }
  if (error.code === 'EACCES') {
    return new StartProblem('port-taken', `This user may not listen on port ${port}.`, 'Choose a port above 1023 with HUB_PORT.', {
      cause: error,
    });
  }
  return error;
}
