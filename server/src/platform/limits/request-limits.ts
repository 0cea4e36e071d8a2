import type { Request, RequestHandler, Response } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { type Admit, AppError, type Principal } from '#platform/trpc';
import type { RateCounter, RateRule, Taken } from './rate-counter.ts';

export interface LimitRules {
  /** Requests without a credential, and with one that was refused, each, by network. */
  readonly address: RateRule;
  /** A person or a token; a key has its own. */
  readonly principal: RateRule;
  readonly account: RateRule;
}

export interface RequestLimits {
  /** Stands before authentication. */
  readonly byAddress: RequestHandler;
  /** Throws when this address has shown too many bad credentials to be listened to. Looking costs nothing. */
  requireTrust(request: Request): Promise<void>;
  /** A credential was not good. */
  countRefusal(request: Request): Promise<void>;
  /** For one request's procedures: each pays for itself, in a batch too. */
  admitOf(request: Request): Admit;
}

interface LimitTools {
  readonly counter: RateCounter;
  /** For what is counted in this process only. */
  readonly local: RateCounter;
  readonly rules: LimitRules;
  /** What an address stands for: one IPv6 customer has a whole range. */
  readonly networkOf: (ip: string) => string;
}

const MINUTE = 60;

export const hasCredential = (request: Request): boolean =>
  request.headers.authorization !== undefined || request.headers['x-api-key'] !== undefined;

/** A rule of no points limits nothing. */
export function createRequestLimits({ counter, local, rules, networkOf }: LimitTools): RequestLimits {
  const refusalsOf = (request: Request): string => `refused:${networkOf(request.ip ?? '')}`;
  return {
    byAddress(request, response, next) {
      if (rules.address.points === 0 || hasCredential(request)) return next();
      take(counter, response, { name: 'address', key: networkOf(request.ip ?? ''), cost: callsIn(request), rule: rules.address }).then(
        () => next(),
        next,
      );
    },
    async requireTrust(request) {
      if (rules.address.points === 0) return;
      const { remaining, resetMs } = await local.take(refusalsOf(request), 0, rules.address);
      if (remaining === 0) throw tooMany(resetMs);
    },
    async countRefusal(request) {
      if (rules.address.points > 0) await local.take(refusalsOf(request), 1, rules.address);
    },
    admitOf(request) {
      const response = request.res;
      return async (actor, cost, accountId) => {
        const layer =
          accountId === undefined ? principalLayer(actor, rules.principal) : { name: 'account', key: accountId, rule: rules.account };
        if (layer.rule.points > 0) await take(counter, response, { ...layer, cost });
      };
    },
  };
}

function principalLayer(actor: Principal, byDefault: RateRule): { readonly name: string; readonly key: string; readonly rule: RateRule } {
  switch (actor.kind) {
    case 'user':
      return { name: 'principal', key: `user:${actor.userId}`, rule: byDefault };
    case 'api-key':
      return { name: 'principal', key: `key:${actor.accountId}:${actor.apiKeyId}`, rule: { points: actor.perMinute, perSeconds: MINUTE } };
    case 'instance-token':
      return { name: 'principal', key: `token:${actor.accountId}:${actor.tokenId}`, rule: byDefault };
  }
}

interface Charge {
  readonly name: string;
  readonly key: string;
  readonly cost: number;
  readonly rule: RateRule;
}

async function take(counter: RateCounter, response: Response | undefined, { name, key, cost, rule }: Charge): Promise<void> {
  // What costs more than a whole window would never be allowed.
  const taken = await counter.take(`${name}:${key}`, Math.min(cost, rule.points), rule);
  if (response !== undefined) tellHeaders(response, name, rule, taken);
  if (!taken.ok) throw tooMany(taken.resetMs, response);
}

function tooMany(resetMs: number, response?: Response): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(resetMs / 1_000));
  // tRPC writes its own answers and does not know this header.
  if (response !== undefined && !response.headersSent) response.setHeader('Retry-After', String(retryAfterSeconds));
  return new AppError(requestErrors['too-many'], { retryAfterSeconds });
}

/** The fields of draft-ietf-httpapi-ratelimit-headers: one member per policy that was looked at. */
function tellHeaders(response: Response, name: string, { points, perSeconds }: RateRule, { remaining, resetMs }: Taken): void {
  if (response.headersSent) return;
  const add = (header: string, member: string): void => {
    const others = String(response.getHeader(header) ?? '')
      .split(', ')
      .filter((other) => other !== '' && !other.startsWith(`"${name}"`));
    response.setHeader(header, [...others, member].join(', '));
  };
  add('RateLimit-Policy', `"${name}";q=${points};w=${perSeconds}`);
  add('RateLimit', `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1_000)}`);
}

/** A batch of tRPC names its procedures in the address, with commas between. */
const callsIn = (request: Request): number => (request.originalUrl.split('?', 1)[0]?.match(/,|%2c/gi)?.length ?? 0) + 1;
