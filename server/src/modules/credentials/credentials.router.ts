import { z } from 'zod';
import {
  apiKeyPageSchema,
  apiKeySchema,
  createApiKeySchema,
  idSchema,
  instanceTokenPageSchema,
  issuedInstanceTokenSchema,
  issueInstanceTokenSchema,
  listApiKeysSchema,
  listInstanceTokensSchema,
  madeApiKeySchema,
  type Permission,
  rotateApiKeySchema,
} from '@whatpro/sdk/contract';
import type { AccessContext } from '#modules/access';
import { type AccountContext, accountProcedure, router } from '#platform/trpc';
import { listApiKeys, requireApiKey, toApiKey } from './api-key.repository.ts';
import { createApiKey } from './create-api-key.ts';
import type { CredentialsContext } from './credentials-context.ts';
import { listInstanceTokens } from './instance-token.repository.ts';
import { issueInstanceToken } from './issue-instance-token.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { revokeInstanceToken } from './revoke-instance-token.ts';
import { rotateApiKey } from './rotate-api-key.ts';

const byId = z.strictObject({ id: idSchema });
const nothing = z.null();
const path = '/accounts/{accountId}';

interface Caller {
  readonly accountContext: AccountContext;
  readonly permissions: ReadonlySet<Permission>;
}

export function createCredentialsRouter(access: AccessContext) {
  const room = ({ accountContext, permissions }: Caller): CredentialsContext => ({ ...accountContext, access, permissions });
  const keys = { tag: 'API keys' } as const;
  const tokens = { tag: 'Instance tokens' } as const;
  return router({
    apiKeys: router({
      list: accountProcedure('api-keys:read')
        .meta({ rest: { method: 'GET', path: `${path}/api-keys`, summary: 'List API keys, newest first', ...keys } })
        .input(listApiKeysSchema)
        .output(apiKeyPageSchema)
        .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listApiKeys(database, input, access.clock.now()))),
      get: accountProcedure('api-keys:read')
        .meta({ rest: { method: 'GET', path: `${path}/api-keys/{id}`, summary: 'One API key', ...keys } })
        .input(byId)
        .output(apiKeySchema)
        .query(({ ctx, input }) =>
          ctx.accountContext.database.run(async (database) => toApiKey(await requireApiKey(database, input.id), access.clock.now())),
        ),
      create: accountProcedure('api-keys:write')
        .meta({
          rest: { method: 'POST', path: `${path}/api-keys`, status: 201, summary: 'Make an API key. The key is shown this once', ...keys },
        })
        .input(createApiKeySchema)
        .output(madeApiKeySchema)
        .mutation(({ ctx, input }) => createApiKey(room(ctx), input)),
      rotate: accountProcedure('api-keys:write')
        .meta({
          rest: {
            method: 'POST',
            path: `${path}/api-keys/{id}/rotate`,
            status: 201,
            summary: 'Replace an API key; the old one ends after the overlap',
            ...keys,
          },
        })
        .input(rotateApiKeySchema)
        .output(madeApiKeySchema)
        .mutation(({ ctx, input }) => rotateApiKey(room(ctx), input)),
      revoke: accountProcedure('api-keys:write')
        .meta({ rest: { method: 'DELETE', path: `${path}/api-keys/{id}`, status: 204, summary: 'Revoke an API key', ...keys } })
        .input(byId)
        .output(nothing)
        .mutation(async ({ ctx, input }) => {
          await revokeApiKey(room(ctx), input.id);
          return null;
        }),
    }),
    instanceTokens: router({
      issue: accountProcedure('instance-tokens:write')
        .meta({
          rest: {
            method: 'POST',
            path: '/instance-tokens',
            accountInBody: true,
            status: 201,
            summary: 'Issue a token for an embedded page',
            ...tokens,
          },
        })
        .input(issueInstanceTokenSchema)
        .output(issuedInstanceTokenSchema)
        .mutation(({ ctx, input }) => issueInstanceToken(room(ctx), input)),
      list: accountProcedure('instance-tokens:read')
        .meta({
          rest: {
            method: 'GET',
            path: `${path}/instance-tokens`,
            summary: 'List instance tokens of the last day, newest first',
            ...tokens,
          },
        })
        .input(listInstanceTokensSchema)
        .output(instanceTokenPageSchema)
        .query(({ ctx, input }) => ctx.accountContext.database.run((database) => listInstanceTokens(database, input, access.clock.now()))),
      revoke: accountProcedure('instance-tokens:write')
        .meta({
          rest: { method: 'DELETE', path: `${path}/instance-tokens/{id}`, status: 204, summary: 'Revoke an instance token', ...tokens },
        })
        .input(byId)
        .output(nothing)
        .mutation(async ({ ctx, input }) => {
          await revokeInstanceToken(room(ctx), input.id);
          return null;
        }),
    }),
  });
}
