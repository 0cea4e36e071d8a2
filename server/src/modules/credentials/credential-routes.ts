import type { Request } from 'express';
import { accessErrors, validatedInstanceTokenSchema } from '@whatpro/sdk/contract';
import type { Access } from '#modules/access';
import type { PlainRoute } from '#platform/edge';
import { type Admit, AppError } from '#platform/trpc';
import { validateInstanceToken } from './validate-instance-token.ts';

/** The token travels in a header of its own, never in an address, and so no procedure can take it. `admitOf`: what limits the caller. */
export function createCredentialRoutes(access: Access, admitOf?: (request: Request) => Admit): PlainRoute[] {
  return [
    {
      method: 'get',
      path: '/api/v1/instance-tokens/validate',
      guard: 'none',
      shown: {
        summary: 'Whether the token in the header X-Instance-Token is good, and for what',
        tag: 'Instance tokens',
        status: 200,
        output: validatedInstanceTokenSchema,
      },
      async handler(request, response) {
        const { actor } = await access.enter(request);
        if (actor === null || actor.kind === 'instance-token') throw new AppError(accessErrors.unauthenticated);
        await admitOf?.(request)(actor, 1);
        const token = request.headers['x-instance-token'];
        response.json(await validateInstanceToken(access.context, access.authorise, actor, typeof token === 'string' ? token : ''));
      },
    },
  ];
}
