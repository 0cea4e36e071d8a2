import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Call, Handler, Reply, Routes } from '../wire/router.ts';
import { logOut, restart, startPairing } from './change-connection.ts';
import type { Context } from './context.ts';
import { viewInstance } from './notify.ts';
import type { InstanceRow } from './rows.ts';

export const UNAUTHORISED: Reply = { status: 401, json: { error: 'unauthorized' } };
export const NOT_FOUND: Reply = { status: 404, json: { error: 'not found' } };
export const invalid = (error: string): Reply => ({ status: 400, json: { error } });

const webhookBody = z.object({ url: z.string().max(2_048) });
const phoneBody = z.object({
  phone: z
    .string()
    .regex(/^\d{6,15}$/)
    .nullish(),
});

function equal(offered: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(offered), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const keyOf = (call: Call): string => {
  const key = call.headers['x-sandbox-key'];
  return typeof key === 'string' ? key : '';
};

/** For `/instances/:instance/…`: the admin's key, or this instance's own. */
export function forInstance(
  context: Context,
  adminKey: string,
  handler: (call: Call, instance: InstanceRow) => Reply | Promise<Reply>,
): Handler {
  return (call) => {
    const key = keyOf(call);
    const instance = context.world.instances.get(call.params['instance'] ?? '');
    if (instance === undefined) return equal(key, adminKey) ? NOT_FOUND : UNAUTHORISED;
    return equal(key, instance.token) || equal(key, adminKey) ? handler(call, instance) : UNAUTHORISED;
  };
}

export function instanceRoutes(context: Context, adminKey: string): Routes {
  const { world } = context;
  const admin =
    (handler: Handler): Handler =>
    (call) =>
      equal(keyOf(call), adminKey) ? handler(call) : UNAUTHORISED;
  const one = (handler: (call: Call, instance: InstanceRow) => Reply | Promise<Reply>): Handler => forInstance(context, adminKey, handler);
  const shown = (instance: InstanceRow): Reply => ({ status: 200, json: viewInstance(instance) });

  return {
    'GET /health': () => ({ status: 200, json: { name: 'sandbox-gateway', version: '1' } }),

    'GET /instances': admin(() => ({
      status: 200,
      json: [...world.instances.rows.values()].map(({ id, name, state, phone, token }) => ({ id, name, state, phone, token })),
    })),

    'POST /instances': admin(async (call) => {
      const body = z.object({ name: z.string().min(1).max(120), webhook: webhookBody.nullish() }).safeParse(await call.json());
      if (!body.success) return invalid('name is needed');
      const instance = world.addInstance(body.data.name, body.data.webhook?.url || null);
      return { status: 201, json: { id: instance.id, token: instance.token } };
    }),

    'GET /instances/:instance': one((_call, instance) => shown(instance)),

    'POST /instances/:instance/connect': one(async (call, instance) => {
      const body = phoneBody.safeParse(await call.json());
      if (!body.success) return invalid('phone must be digits');
      startPairing(context, instance, body.data.phone ?? null);
      return shown(instance);
    }),

    'POST /instances/:instance/restart': one((_call, instance) => {
      restart(context, instance);
      return shown(instance);
    }),

    'POST /instances/:instance/logout': one((_call, instance) => {
      logOut(context, instance);
      return shown(instance);
    }),

    'DELETE /instances/:instance': one((_call, instance) => {
      world.removeInstance(instance.id);
      return { status: 200, json: {} };
    }),

    'PUT /instances/:instance/webhook': one(async (call, instance) => {
      const body = webhookBody.safeParse(await call.json());
      if (!body.success) return invalid('url is needed');
      instance.webhookUrl = body.data.url || null;
      world.instances.put(instance.id, instance);
      return shown(instance);
    }),
  };
}
