import { z } from 'zod';
import { accountProcedure, router } from '#platform/trpc';
import type { AccountContext } from '#platform/trpc';
import {
  connectInstanceSchema,
  createInstanceSchema,
  createProviderServerSchema,
  instanceSchema,
  pairingStepSchema,
  providerServerSchema,
  pageOf,
} from '@whatpro/sdk/contract';
import { checkProviderServer } from './check-provider-server.ts';
import { connectInstance } from './connect-instance.ts';
import { createInstance } from './create-instance.ts';
import { createProviderServer } from './create-provider-server.ts';
import { deleteInstance } from './delete-instance.ts';
import { deleteProviderServer } from './delete-provider-server.ts';
import { listInstances, listServers, requireInstance, requireServer, toInstance, toServer } from './instance.repository.ts';
import { steerInstance } from './steer-instance.ts';
import { syncInstances } from './sync-instances.ts';
import type { InstancesContext, InstanceTools } from './tools.ts';

const byId = z.strictObject({ id: z.uuid() });
const done = z.object({ done: z.literal(true) });
const path = '/accounts/{accountId}';
/** What calls a gateway counts more where calls are limited. */
const OUTSIDE = 5;

export function createInstancesRouter(tools: InstanceTools) {
  const room = (context: AccountContext): InstancesContext => ({ ...context, tools });
  const instances = { tag: 'Instances' } as const;
  const servers = { tag: 'Provider servers' } as const;
  return router({
    providerServers: router({
      list: accountProcedure('provider-servers:read')
        .meta({ rest: { method: 'GET', path: `${path}/provider-servers`, summary: 'List provider servers', ...servers } })
        .output(pageOf(providerServerSchema))
        .query(({ ctx }) => ctx.accountContext.database.run(listServers)),
      get: accountProcedure('provider-servers:read')
        .meta({ rest: { method: 'GET', path: `${path}/provider-servers/{id}`, summary: 'One provider server', ...servers } })
        .input(byId)
        .output(providerServerSchema)
        .query(({ ctx, input }) => ctx.accountContext.database.run(async (database) => toServer(await requireServer(database, input.id)))),
      create: accountProcedure('provider-servers:write')
        .meta({
          cost: OUTSIDE,
          rest: { method: 'POST', path: `${path}/provider-servers`, status: 201, summary: 'Add a provider server', ...servers },
        })
        .input(createProviderServerSchema)
        .output(providerServerSchema)
        .mutation(({ ctx, input }) => createProviderServer(room(ctx.accountContext), input)),
      check: accountProcedure('provider-servers:write')
        .meta({
          cost: OUTSIDE,
          rest: { method: 'POST', path: `${path}/provider-servers/{id}/check`, summary: 'Ask the server how it is', ...servers },
        })
        .input(byId)
        .output(providerServerSchema)
        .mutation(({ ctx, input }) => checkProviderServer(room(ctx.accountContext), input)),
      sync: accountProcedure('instances:write')
        .meta({
          cost: OUTSIDE,
          rest: {
            method: 'POST',
            path: `${path}/provider-servers/{id}/sync`,
            summary: 'Make the list of instances agree with the gateway',
            ...servers,
          },
        })
        .input(z.strictObject({ id: z.uuid(), adopt: z.boolean().default(false) }))
        .output(z.object({ adopted: z.number().int(), updated: z.number().int(), removed: z.number().int() }))
        .mutation(({ ctx, input }) => syncInstances(room(ctx.accountContext), { providerServerId: input.id, adopt: input.adopt })),
      delete: accountProcedure('provider-servers:write')
        .meta({
          rest: { method: 'DELETE', path: `${path}/provider-servers/{id}`, status: 204, summary: 'Forget a provider server', ...servers },
        })
        .input(byId)
        .output(done)
        .mutation(async ({ ctx, input }) => {
          await deleteProviderServer(room(ctx.accountContext), input);
          return { done: true as const };
        }),
    }),
    instances: router({
      list: accountProcedure('instances:read')
        .meta({ rest: { method: 'GET', path: `${path}/instances`, summary: 'List instances', ...instances } })
        .output(pageOf(instanceSchema))
        .query(({ ctx }) => ctx.accountContext.database.run((database) => listInstances(database, ctx.accountContext.reach))),
      get: accountProcedure('instances:read')
        .meta({ rest: { method: 'GET', path: `${path}/instances/{id}`, summary: 'One instance', ...instances } })
        .input(byId)
        .output(instanceSchema)
        .query(({ ctx, input }) =>
          ctx.accountContext.database.run(async (database) =>
            toInstance(await requireInstance(database, ctx.accountContext.reach, input.id)),
          ),
        ),
      create: accountProcedure('instances:write')
        .meta({
          cost: OUTSIDE,
          rest: { method: 'POST', path: `${path}/instances`, status: 201, summary: 'Create an instance at its gateway', ...instances },
        })
        .input(createInstanceSchema)
        .output(instanceSchema)
        .mutation(({ ctx, input }) => createInstance(room(ctx.accountContext), input)),
      connect: accountProcedure('instances:write')
        .meta({
          cost: OUTSIDE,
          rest: {
            method: 'POST',
            path: `${path}/instances/{id}/connect`,
            summary: 'The next pairing step: a QR or a pair code',
            ...instances,
          },
        })
        .input(connectInstanceSchema.extend({ id: z.uuid() }))
        .output(pairingStepSchema)
        .mutation(({ ctx, input }) => connectInstance(room(ctx.accountContext), input)),
      refresh: accountProcedure('instances:write')
        .meta({
          cost: OUTSIDE,
          rest: { method: 'POST', path: `${path}/instances/{id}/refresh`, summary: 'Ask the gateway for the state now', ...instances },
        })
        .input(byId)
        .output(instanceSchema)
        .mutation(({ ctx, input }) => steerInstance(room(ctx.accountContext), { ...input, steer: 'refresh' })),
      restart: accountProcedure('instances:write')
        .meta({
          cost: OUTSIDE,
          rest: { method: 'POST', path: `${path}/instances/{id}/restart`, summary: 'Restart the connection', ...instances },
        })
        .input(byId)
        .output(instanceSchema)
        .mutation(({ ctx, input }) => steerInstance(room(ctx.accountContext), { ...input, steer: 'restart' })),
      logOut: accountProcedure('instances:write')
        .meta({
          cost: OUTSIDE,
          rest: { method: 'POST', path: `${path}/instances/{id}/logout`, summary: 'Log the number out', ...instances },
        })
        .input(byId)
        .output(instanceSchema)
        .mutation(({ ctx, input }) => steerInstance(room(ctx.accountContext), { ...input, steer: 'log-out' })),
      delete: accountProcedure('instances:write')
        .meta({
          rest: {
            method: 'DELETE',
            path: `${path}/instances/{id}`,
            status: 204,
            summary: 'Delete an instance here and at its gateway',
            ...instances,
          },
        })
        .input(byId)
        .output(done)
        .mutation(async ({ ctx, input }) => {
          await deleteInstance(room(ctx.accountContext), input);
          return { done: true as const };
        }),
    }),
  });
}
