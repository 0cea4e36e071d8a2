import { z } from 'zod';
import { changePasswordSchema, meSchema, sessionIdSchema, sessionSchema } from '@whatpro/sdk/contract';
import { router, signedInProcedure } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { changePassword } from './change-password.ts';
import { revokeSession } from './end-session.ts';
import { describeMe, listSessions } from './list-sessions.ts';

const nothing = z.null();

export function createAccessRouter(context: AccessContext) {
  return router({
    me: signedInProcedure
      .meta({ rest: { method: 'GET', path: '/auth/me', summary: 'Who is signed in, and their accounts', tag: 'Access' } })
      .output(meSchema)
      .query(({ ctx }) => describeMe(context, ctx.actor)),
    changePassword: signedInProcedure
      .meta({
        rest: {
          method: 'POST',
          path: '/auth/password',
          status: 204,
          summary: 'Change the password; ends the other sessions',
          tag: 'Access',
        },
      })
      .input(changePasswordSchema)
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await changePassword(context, ctx.actor, input, ctx.request);
        return null;
      }),
    sessions: signedInProcedure
      .meta({ rest: { method: 'GET', path: '/me/sessions', summary: 'The signed-in devices of the caller', tag: 'Access' } })
      .output(z.array(sessionSchema))
      .query(({ ctx }) => listSessions(context, ctx.actor)),
    revokeSession: signedInProcedure
      .meta({ rest: { method: 'DELETE', path: '/me/sessions/{id}', status: 204, summary: 'Sign one device out', tag: 'Access' } })
      .input(z.strictObject({ id: sessionIdSchema }))
      .output(nothing)
      .mutation(async ({ ctx, input }) => {
        await revokeSession(context, ctx.actor, input.id, ctx.request);
        return null;
      }),
  });
}
