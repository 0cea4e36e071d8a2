import type { PlainRoute } from '#platform/edge';
import type { Hub } from './open-hub.ts';

/** A burst of questions costs one look at the database a second. */
const READY_TTL_MS = 1_000;

/** `live`: the process runs. `ready`: it can serve now. `deep`: what it stands on, for signed-in operators. */
export function healthRoutes(hub: Hub, isStopping: () => boolean): PlainRoute[] {
  let known: { readonly atMs: number; readonly ready: Promise<boolean> } | null = null;
  const ready = (): Promise<boolean> => {
    if (!known || performance.now() - known.atMs > READY_TTL_MS) {
      const answer = hub.database.ping().then(
        () => true,
        () => false,
      );
      known = { atMs: performance.now(), ready: answer };
    }
    return known.ready;
  };
  return [
    { method: 'get', path: '/health/live', guard: 'none', handler: (_request, response) => void response.json({ status: 'ok' }) },
    {
      method: 'get',
      path: '/health/ready',
      guard: 'none',
      async handler(_request, response) {
        const ok = !isStopping() && (await ready());
        response.status(ok ? 200 : 503).json({ status: ok ? 'ok' : 'unavailable' });
      },
    },
    {
      method: 'get',
      path: '/health/deep',
      guard: 'none',
      async handler(request, response) {
        const { actor } = await hub.access.enter(request);
        if (actor?.kind !== 'user' || !actor.operator) return void response.status(404).end();
        const { ok, report } = await readDeepHealth(hub);
        response.status(ok ? 200 : 503).json(report);
      },
    },
  ];
}

/** What this process stands on, for whoever runs it. */
export async function readDeepHealth(hub: Hub): Promise<{ readonly ok: boolean; readonly report: Readonly<Record<string, unknown>> }> {
  const database = await hub.database.ping().catch(() => null);
  const due = await hub.road.dueLanes(10_000).catch(() => null);
  return {
    ok: database !== null,
    report: {
      status: database === null ? 'unavailable' : 'ok',
      databaseMs: database,
      lanesDue: due?.length ?? null,
      oldestDueMs: due?.reduce((oldest, lane) => Math.max(oldest, lane.lateMs), 0) ?? null,
      role: hub.settings.role,
      queue: hub.settings.redisUrl ? 'redis' : 'postgres',
      memoryMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    },
  };
}
