import { createHash } from 'node:crypto';
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { acceptChatwootWebhook, acceptGatewayWebhook } from '#bridge';
import type { Acceptance, ChatwootIngest, EndpointBook, GatewayIngest, LaneRef } from '#bridge';
import { isTransient } from '#platform/database';
import { scrubText } from '#platform/logging';
import type { Logger } from '#platform/logging';

/** Body limits by sender, in bytes (WH-07). Gateways may put small files inside. */
const CHATWOOT_MAX = 1_048_576;
const GATEWAY_MAX = 5_242_880;

export interface HookTools {
  readonly endpoints: EndpointBook;
  readonly gateway: Omit<GatewayIngest, 'scrubText' | 'hashOf'>;
  readonly chatwoot: Omit<ChatwootIngest, 'scrubText'>;
  /** Whether a gateway's delivery is taken now. Chatwoot does not send again what it was refused, so it is never asked (WH-13). */
  readonly admit: (endpointId: string) => Promise<boolean>;
  readonly wake: (lane: LaneRef) => void;
  readonly changed: (accountId: string, messageIds: readonly string[]) => void;
  readonly log: Logger;
}

/**
 * `POST /hooks/{source}/{token}`: raw bytes in, 200 only after the commit. Every refusal is the same empty 404 (WH-01).
 * When the database cannot be reached the answer is 503, which gateways repeat.
 */
export function hookHandlers(tools: HookTools): RequestHandler[] {
  const parsers = { chatwoot: raw(CHATWOOT_MAX), gateway: raw(GATEWAY_MAX) };
  const gateway: GatewayIngest = { ...tools.gateway, scrubText, hashOf: (bytes) => createHash('sha256').update(bytes).digest('hex') };
  const chatwoot: ChatwootIngest = { ...tools.chatwoot, scrubText };

  const handle = async (request: Request, response: Response): Promise<void> => {
    try {
      const endpoint = await tools.endpoints.find(String(request.params.token));
      if (!endpoint || endpoint.source !== request.params.source) return refuse(response);
      // A gateway takes 4xx for an answer and drops the event; 503 it sends again (WH-02).
      if (endpoint.source !== 'chatwoot' && !(await tools.admit(endpoint.endpointId)))
        return void response.status(503).setHeader('Retry-After', '1').end();
      const body: unknown = request.body;
      const delivery = { raw: Buffer.isBuffer(body) ? body : Buffer.alloc(0), headers: headersOf(request) };
      const acceptance: Acceptance =
        endpoint.source === 'chatwoot'
          ? await acceptChatwootWebhook(chatwoot, endpoint, delivery)
          : await acceptGatewayWebhook(gateway, endpoint, delivery);
      if (acceptance.refused) {
        tools.log.warn('webhook.refused', { source: endpoint.source, endpointId: endpoint.endpointId, why: acceptance.refused });
        return refuse(response);
      }
      const { accepted } = acceptance;
      for (const lane of accepted.wake) tools.wake(lane);
      if (accepted.messageIds.length > 0) tools.changed(endpoint.accountId, accepted.messageIds);
      response.status(200).json({ stored: true });
    } catch (error) {
      if (!isTransient(error)) tools.log.error('webhook.failed', { err: error });
      response.status(503).setHeader('Retry-After', '2').end();
    }
  };
  const parse: RequestHandler = (request, response, next) =>
    (request.params.source === 'chatwoot' ? parsers.chatwoot : parsers.gateway)(request, response, next);
  return [parse, (request, response) => void handle(request, response)];
}

const raw = (limit: number): RequestHandler => express.raw({ type: () => true, limit });

const refuse = (response: Response): void => void response.status(404).end();

function headersOf(request: Request): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
}
