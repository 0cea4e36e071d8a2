import type { Secret } from '#platform/crypto';
import type { HttpBody, HttpRequest } from '#platform/http';
import type { Attempt, DeliveryFailure } from '#platform/outcome';
import type { ProviderTools } from '#provider-kit';
import { callJson } from '#provider-kit';
import { uazapiFailure } from './failures.ts';

interface GatewayRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: HttpBody;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Where a status means something else for this call than everywhere else. */
  readonly reading?: (failure: DeliveryFailure, status: number) => DeliveryFailure;
}

export type Call = (request: GatewayRequest) => Promise<Attempt<unknown>>;

/** Calls to one server under one credential: `admintoken` for the server, `token` for an instance. */
export const gatewayCalls =
  (tools: ProviderTools, baseUrl: string, credential: { readonly admintoken: Secret } | { readonly token: Secret }): Call =>
  ({ path, reading, ...request }) =>
    callJson(tools, { ...request, url: `${baseUrl}${path}`, headers: { accept: 'application/json', ...credential } }, (refused) => {
      const failure = uazapiFailure(refused, tools.clock.now());
      return reading === undefined ? failure : reading(failure, refused.status);
    });
