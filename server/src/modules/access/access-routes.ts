import type { Request, Response } from 'express';
import { accessErrors, requestErrors, signedInSchema, signInSchema } from '@whatpro/sdk/contract';
import { type PlainRoute, requestFactsOf } from '#platform/edge';
import { AppError } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { signOut } from './end-session.ts';
import type { OpenedSession } from './open-session.ts';
import { refreshSession } from './refresh-session.ts';
import { signIn } from './sign-in.ts';

/**
 * `__Host-` and Secure bind the cookie to this host over TLS. Browsers also take it over plain http from localhost and
 * 127.0.0.1 (Chromium and Firefox; not Safari), which is what a first start without TLS uses.
 */
export const REFRESH_COOKIE = '__Host-wph_rt';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

const tag = 'Access';

/** What needs the cookie, or gives it, and so cannot be a procedure. */
export function createAccessRoutes(context: AccessContext): PlainRoute[] {
  return [
    {
      method: 'post',
      path: '/api/v1/auth/login',
      guard: 'json',
      shown: { summary: 'Sign in. The refresh token comes as a cookie', tag, status: 200, input: signInSchema, output: signedInSchema },
      async handler(request, response) {
        const input = signInSchema.safeParse(request.body);
        if (!input.success) throw new AppError(requestErrors.invalid, { cause: input.error });
        answer(response, await signIn(context, input.data, requestFactsOf(request)), context.clock.now());
      },
    },
    {
      method: 'post',
      path: '/api/v1/auth/refresh',
      guard: 'cookie',
      shown: { summary: 'A new access token, by the cookie', tag, status: 200, output: signedInSchema },
      async handler(request, response) {
        const presented = refreshTokenOf(request);
        if (presented === undefined) throw new AppError(accessErrors.unauthenticated);
        answer(response, await refreshSession(context, presented, requestFactsOf(request)), context.clock.now());
      },
    },
    {
      method: 'post',
      path: '/api/v1/auth/logout',
      guard: 'cookie',
      shown: { summary: 'Sign out. Also works when the access token has expired, and twice', tag, status: 204 },
      async handler(request, response) {
        await signOut(context, refreshTokenOf(request), requestFactsOf(request));
        response.setHeader('Set-Cookie', `${REFRESH_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
        response.setHeader('Clear-Site-Data', '"cookies", "storage"');
        response.status(204).end();
      },
    },
    {
      method: 'get',
      path: '/.well-known/jwks.json',
      guard: 'none',
      async handler(_request, response) {
        response.setHeader('Cache-Control', 'public, max-age=300');
        response.json(await context.signingKeys.published());
      },
    },
  ];
}

function answer(response: Response, { answer: body, refreshToken, refreshExpiresAt }: OpenedSession, now: Date): void {
  const seconds = Math.max(0, Math.ceil((refreshExpiresAt.getTime() - now.getTime()) / 1_000));
  response.setHeader('Set-Cookie', `${REFRESH_COOKIE}=${refreshToken.expose()}; ${ATTRIBUTES}; Max-Age=${seconds}`);
  response.json(body);
}

/** Two cookies of one name were planted by someone: neither is believed. */
function refreshTokenOf(request: Request): string | undefined {
  const values = (request.headers.cookie ?? '').split(';').flatMap((pair) => {
    const [name, value] = pair.trim().split('=', 2);
    return name === REFRESH_COOKIE && value !== undefined ? [value] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}
