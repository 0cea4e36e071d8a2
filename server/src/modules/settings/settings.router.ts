import { z } from 'zod';
import {
  accountSettingsSchema,
  addOriginSchema,
  changeFeaturesSchema,
  changeLimitsSchema,
  featureSchema,
  idSchema,
  limitSchema,
  originPageSchema,
  originSchema,
} from '@whatpro/sdk/contract';
import type { Database } from '#platform/database';
import { accountProcedure, operatorProcedure, router } from '#platform/trpc';
import { addOrigin } from './add-origin.ts';
import { changeFeatures } from './change-features.ts';
import { changeLimits } from './change-limits.ts';
import { readFeatures } from './features.ts';
import { readOrigins } from './origin.ts';
import { removeOrigin } from './remove-origin.ts';
import { readLimits } from './require-room.ts';
import type { SettingsTools } from './tools.ts';

const tag = 'Settings';
const path = '/accounts/{accountId}';
const byId = z.strictObject({ id: idSchema });

export function createSettingsRouter({ database, tools }: { readonly database: Database; readonly tools: SettingsTools }) {
  return router({
    get: accountProcedure('settings:read')
      .meta({ rest: { method: 'GET', path: `${path}/settings`, summary: 'Limits, features and origins of the account', tag } })
      .output(accountSettingsSchema)
      .query(({ ctx }) =>
        ctx.accountContext.database.run(async (open) => ({
          limits: await readLimits(open),
          features: await readFeatures(open),
          origins: await readOrigins(open),
        })),
      ),
    changeLimits: operatorProcedure
      .meta({ rest: { method: 'PUT', path: `${path}/limits`, summary: 'Change how many of a thing the account may have', tag } })
      .input(changeLimitsSchema)
      .output(z.object({ limits: z.array(limitSchema) }))
      .mutation(async ({ ctx, input }) => ({ limits: await changeLimits(database, ctx, input) })),
    changeFeatures: operatorProcedure
      .meta({ rest: { method: 'PUT', path: `${path}/features`, summary: 'Turn features of the account on and off', tag } })
      .input(changeFeaturesSchema)
      .output(z.object({ features: z.array(featureSchema) }))
      .mutation(async ({ ctx, input }) => ({ features: await changeFeatures(database, ctx, input) })),
    origins: accountProcedure('settings:read')
      .meta({ rest: { method: 'GET', path: `${path}/origins`, summary: 'The web origins the account vouches for', tag } })
      .output(originPageSchema)
      .query(async ({ ctx }) => ({ items: await ctx.accountContext.database.run(readOrigins), nextCursor: null })),
    addOrigin: accountProcedure('settings:write')
      .meta({ rest: { method: 'POST', path: `${path}/origins`, status: 201, summary: 'Vouch for a web origin', tag } })
      .input(addOriginSchema)
      .output(originSchema)
      .mutation(({ ctx, input }) => addOrigin({ ...ctx.accountContext, tools }, input)),
    removeOrigin: accountProcedure('settings:write')
      .meta({ rest: { method: 'DELETE', path: `${path}/origins/{id}`, status: 204, summary: 'Vouch for an origin no longer', tag } })
      .input(byId)
      .output(z.null())
      .mutation(async ({ ctx, input }) => {
        await removeOrigin({ ...ctx.accountContext, tools }, input);
        return null;
      }),
  });
}
