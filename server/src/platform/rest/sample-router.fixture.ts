import { randomUUID } from 'node:crypto';
import { tracked } from '@trpc/server';
import { z } from 'zod';
import { defineErrors, type Permission } from '@whatpro/sdk/contract';
import { createApp, createHttpServer, jsonBody, requestFactsOf, trpcGate } from '#platform/edge';
import {
  accountProcedure,
  AppError,
  createTrpcHandler,
  operatorProcedure,
  type ProcedureContext,
  publicProcedure,
  router,
  signedInProcedure,
  type UserActor,
  wholeAccount,
} from '#platform/trpc';
import { listen } from '../edge/loopback.fixture.ts';
import { createRestRouter } from './rest-router.ts';

const errors = defineErrors('things', {
  'not-found': { kind: 'not_found', message: 'No such thing.' },
  taken: { kind: 'conflict', message: 'This name is taken.' },
});

export const accountId = randomUUID();
export const userId = randomUUID();

const thing = z.object({ id: z.string(), name: z.string(), at: z.date() }).meta({ id: 'Thing' });
const make = (id: string, name: string) => ({ id, name, at: new Date('2026-11-22T10:00:00Z'), internal: 'canary' });
const path = '/accounts/{accountId}/things';

/** `ran` is told what ran: the proof that a refused request did nothing. */
export const createSampleRouter = (ran: (what: string) => void = () => undefined) =>
  router({
    public: router({
      hello: publicProcedure.output(z.string()).query(() => 'hello'),
      wipe: publicProcedure.output(z.null()).mutation(() => {
        ran('wipe');
        return null;
      }),
      bug: publicProcedure
        .meta({ rest: { method: 'GET', path: '/bug', summary: 'A bug', tag: 'Public' } })
        .output(z.null())
        .query(() => {
          throw new Error('pg: password=canary');
        }),
      away: publicProcedure.output(z.null()).query(() => {
        throw Object.assign(new Error('canary'), { code: 'ECONNREFUSED' });
      }),
      wrongOutput: publicProcedure.output(z.object({ a: z.string() })).query(() => JSON.parse('{"a":"canary","b":1,"a":2}')),
    }),
    ticks: accountProcedure('instances:read')
      .input(z.strictObject({ lastEventId: z.string().max(20).nullish() }))
      .subscription(async function* ({ input }) {
        for (let tick = Number(input.lastEventId ?? 0) + 1; tick <= 3; tick += 1) yield tracked(String(tick), { tick });
      }),
    things: router({
      list: accountProcedure('instances:read')
        .meta({ rest: { method: 'GET', path, summary: 'List things', tag: 'Things' } })
        .input(
          z.strictObject({
            limit: z.int().min(1).max(100).default(50),
            done: z.boolean().optional(),
            tags: z.array(z.string()).optional(),
          }),
        )
        .output(z.object({ seen: z.unknown() }))
        .query(({ input }) => ({ seen: input })),
      get: accountProcedure('instances:read')
        .meta({ rest: { method: 'GET', path: `${path}/{id}`, summary: 'One thing', tag: 'Things' } })
        .input(z.strictObject({ id: z.string().max(50) }))
        .output(thing)
        .query(({ input }) => {
          if (input.id === 'none') throw new AppError(errors['not-found'], { details: { secret: 'canary' } });
          return make(input.id, 'one');
        }),
      sync: accountProcedure('instances:write')
        .meta({ rest: { method: 'POST', path: `${path}/sync`, status: 202, summary: 'Sync things', tag: 'Things' } })
        .output(z.object({ account: z.string() }))
        .mutation(({ ctx }) => ({ account: ctx.accountContext.account.id })),
      create: accountProcedure('instances:write')
        .meta({ rest: { method: 'POST', path, status: 201, summary: 'Make a thing', tag: 'Things' } })
        .input(z.strictObject({ name: z.string().min(1).max(20), at: z.date().optional() }))
        .output(thing)
        .mutation(({ input }) => {
          if (input.name === 'taken') throw new AppError(errors.taken);
          ran(`create ${input.name}`);
          return make('new', input.name);
        }),
      remove: accountProcedure('instances:write')
        .meta({ rest: { method: 'DELETE', path: `${path}/{id}`, status: 204, summary: 'Remove a thing', tag: 'Things' } })
        .input(z.strictObject({ id: z.string().max(50) }))
        .output(z.null())
        .mutation(() => null),
    }),
    own: signedInProcedure.output(z.string()).query(({ ctx }) => ctx.actor.userId),
    hub: operatorProcedure.output(z.string()).query(() => 'all'),
  });

const actors: Readonly<Record<string, UserActor>> = Object.fromEntries(
  ['reader', 'writer', 'operator', 'stranger'].map((name) => [
    name,
    { kind: 'user', userId, sessionId: randomUUID(), operator: name === 'operator', name },
  ]),
);

const GRANTS: Readonly<Record<string, readonly Permission[]>> = {
  reader: ['instances:read'],
  writer: ['instances:read', 'instances:write'],
};

/** A real server. `Authorization: Bearer <reader|writer|operator|stranger>`. */
export async function serveSample(onError: (error: unknown) => void = () => undefined) {
  const ran: string[] = [];
  const sampleRouter = createSampleRouter((what) => ran.push(what));
  const createContext = async (request: Parameters<typeof requestFactsOf>[0]): Promise<ProcedureContext> => ({
    request: requestFactsOf(request),
    actor: actors[request.headers.authorization?.replace('Bearer ', '') ?? ''] ?? null,
    authorise: async (actor, account) => {
      const granted = account === accountId && actor.kind === 'user' ? GRANTS[actor.name] : undefined;
      return granted === undefined ? null : { role: 'agent', permissions: new Set(granted), reach: wholeAccount };
    },
    openAccount: () => ({ run: () => Promise.reject(new Error('no database here')) }),
  });
  const app = createApp({
    trustProxy: 0,
    hostNames: [],
    onError,
    mount: (routes) => {
      routes.use('/trpc', trpcGate);
      routes.use(['/trpc', '/api'], jsonBody());
      routes.use('/trpc', createTrpcHandler({ router: sampleRouter, createContext, onError: ({ error }) => onError(error) }));
      routes.use('/api/v1', createRestRouter({ router: sampleRouter, createContext }));
    },
  });
  return { ...(await listen(createHttpServer(app))), ran };
}
