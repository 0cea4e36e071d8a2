import type { ParsedWebhook, ProviderEvent, WebhookDelivery } from '#provider-kit';
import type { ConnectionReport } from '#provider-kit';
import type { Accepted, AcceptInput, Road } from '../lanes/road.ts';
import type { FindRoute } from '../routes/route.ts';
import { toAcceptItems } from './identify.ts';

export interface Endpoint {
  readonly accountId: string;
  readonly endpointId: string;
  readonly source: string;
  readonly instanceId: string | null;
  readonly inboxId: string | null;
}

export interface GatewayIngest {
  readonly road: Pick<Road, 'accept'>;
  readonly findRoute: FindRoute;
  readonly recordConnection: (accountId: string, instanceId: string, report: ConnectionReport) => Promise<void>;
  /** Removes what looks like a secret from text that is no JSON. */
  readonly scrubText: (text: string) => string;
  readonly hashOf: (bytes: Buffer) => string;
}

export type Acceptance =
  | { readonly refused: 'unknown-address' | 'wrong-proof' }
  | { readonly refused?: never; readonly accepted: Accepted };

/**
 * One delivery of a gateway. When this returns, everything in it is committed; only then may it be answered 200.
 * Nothing but the database is touched.
 */
export async function acceptGatewayWebhook(
  ingest: GatewayIngest,
  endpoint: Endpoint,
  delivery: { readonly raw: Buffer; readonly headers: WebhookDelivery['headers'] },
): Promise<Acceptance> {
  const { accountId, endpointId, instanceId } = endpoint;
  const route = instanceId ? await ingest.findRoute(accountId, instanceId) : null;
  if (!instanceId || !route || route.provider.id !== endpoint.source) return { refused: 'unknown-address' };
  const base = { accountId, endpointId, instanceId };

  const body = readJson(delivery.raw);
  if (body === undefined) {
    const stored = Buffer.from(ingest.scrubText(delivery.raw.toString('utf8')));
    const key = `unreadable|${ingest.hashOf(delivery.raw)}`;
    return { accepted: await ingest.road.accept({ ...base, key, body: stored, outcome: 'unreadable', items: [] }) };
  }
  if (!route.provider.verifies({ body, headers: delivery.headers }, route.instance)) return { refused: 'wrong-proof' };

  const parsed = route.provider.parseWebhook({ body, headers: delivery.headers });
  const events = readable(parsed);
  for (const event of events) if (event.type === 'connection') await ingest.recordConnection(accountId, instanceId, event.report);
  const items = events.flatMap(toAcceptItems);
  const stored = Buffer.from(JSON.stringify(route.provider.withoutSecrets(body)) ?? 'null');
  return {
    accepted: await ingest.road.accept({ ...base, key: parsed.key, body: stored, outcome: outcomeOf(parsed, items.length), items }),
  };
}

function readJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

const readable = (parsed: ParsedWebhook): readonly ProviderEvent[] => ('unrecognised' in parsed.events ? [] : parsed.events);

function outcomeOf(parsed: ParsedWebhook, items: number): AcceptInput['outcome'] {
  if ('unrecognised' in parsed.events) return 'unrecognised';
  return items > 0 || parsed.events.some((event) => event.type === 'connection') ? 'accepted' : 'ignored';
}
