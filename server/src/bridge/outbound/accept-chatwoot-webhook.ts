import { parseChatwootWebhook, verifyChatwootSignature } from '#chatwoot';
import type { ChatwootEvent } from '#chatwoot';
import type { Acceptance, Endpoint } from '../inbound/accept-gateway-webhook.ts';
import type { AcceptInput, Road } from '../lanes/road.ts';
import type { FindRouteOfInbox } from '../routes/route.ts';
import { planDelivery } from './plan-delivery.ts';

export interface ChatwootIngest {
  readonly road: Pick<Road, 'accept'>;
  readonly findRoute: FindRouteOfInbox;
  readonly scrubText: (text: string) => string;
  readonly now: () => Date;
}

/**
 * One delivery of Chatwoot, which delivers once and waits five seconds: committed before this returns.
 * A signature out of its time window but right is stored like any other: the dedupe key makes a replay harmless (WH-04).
 */
export async function acceptChatwootWebhook(
  ingest: ChatwootIngest,
  endpoint: Endpoint,
  delivery: { readonly raw: Buffer; readonly headers: Readonly<Record<string, string | undefined>> },
): Promise<Acceptance> {
  const { accountId, endpointId, inboxId } = endpoint;
  const route = inboxId ? await ingest.findRoute(accountId, inboxId) : null;
  if (!route?.inbox || endpoint.source !== 'chatwoot') return { refused: 'unknown-address' };

  const { webhookSecret } = route.inbox;
  const proof = webhookSecret
    ? verifyChatwootSignature(
        { signature: delivery.headers['x-chatwoot-signature'], timestamp: delivery.headers['x-chatwoot-timestamp'], rawBody: delivery.raw },
        [webhookSecret],
        ingest.now(),
      )
    : 'unsigned';
  if (proof === 'invalid' || proof === 'absent') return { refused: 'wrong-proof' };

  const parsed = parseChatwootWebhook(readJson(delivery.raw));
  const items = parsed.event.type === 'agent-message' ? planDelivery(parsed.event) : [];
  const accepted = await ingest.road.accept({
    accountId,
    endpointId,
    instanceId: route.instance.id,
    key: parsed.key,
    body: Buffer.from(ingest.scrubText(delivery.raw.toString('utf8'))),
    outcome: outcomeOf(parsed.event, items.length, proof === 'stale'),
    items,
  });
  return { accepted };
}

/** Undefined for what is no JSON: it is stored as unrecognised. */
function readJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function outcomeOf(event: ChatwootEvent, items: number, stale: boolean): AcceptInput['outcome'] {
  if (event.type === 'unrecognised') return 'unrecognised';
  if (stale) return 'stale';
  return items > 0 ? 'accepted' : 'ignored';
}
