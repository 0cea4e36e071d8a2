import { Secret } from '#platform/crypto';
import type { DeliveryFailure } from '#platform/outcome';
import { succeeded } from '#platform/outcome';
import type { ContentKind } from '../capabilities.ts';
import type { MediaKind } from '../content.ts';
import type { WebhookDelivery } from '../provider.ts';
import { clientRef, gatewayMessageId, toAddress } from '../ids.ts';
import type { OutboundMessage, Provider, ProviderServer, Session } from '../provider.ts';
import type { WireReply, WireRequest } from './gateway-double.ts';
import { testClock, wireClient } from './wire-client.ts';

/** What a provider tells the suite about its gateway's side of the wire. */
export interface WireCases {
  /** Where the gateway's API begins below its host. Default: nothing. */
  readonly basePath?: string;
  /** A healthy gateway: answers everything that server and session ask. */
  readonly gateway: (request: WireRequest) => WireReply;
  /** Which requests carry a message to WhatsApp. */
  readonly isSend: (request: WireRequest) => boolean;
  /** For each kind that the outbound table claims: whether this request carries it. */
  readonly carries: Partial<Record<ContentKind, (request: WireRequest) => boolean>>;
  /** Refusals in the gateway's own words, and what each means. The suite adds 400, 401, 429, 500, 503 and the wire's own faults. */
  readonly refusals: readonly { readonly name: string; readonly reply: WireReply; readonly failure: Partial<DeliveryFailure> }[];
  /** The webhook by which the gateway echoes the message of this request; absent when it carries no reference of ours. */
  readonly echoOf?: (sent: WireRequest) => WebhookDelivery;
  /** How the gateway answers a look-up, when `findSent` is claimed. */
  readonly lookUp?: { readonly known: WireReply; readonly unknown: WireReply; readonly isLookUp: (request: WireRequest) => boolean };
  /** What answers a removal of an instance that is gone. Default: 404 with a JSON error. */
  readonly gone?: WireReply;
}

export const INSTANCE_TOKEN = 'canary-instance-token-5f1c';
export const ADMIN_TOKEN = 'canary-admin-token-9b27';
export const REF = clientRef('0198c0de-0000-7000-8000-00000000beef');

export interface OnWire {
  readonly server: ProviderServer;
  readonly session: Session;
}

/** The provider opened at a base URL, with the suite's secrets. */
export function openOnWire(
  provider: Provider,
  baseUrl: string,
  options: { readonly externalId?: string; readonly patienceMs?: number; readonly now?: Date } = {},
): OnWire {
  const tools = { http: wireClient(options.patienceMs), clock: testClock(options.now) };
  return {
    server: provider.openServer(tools, { baseUrl, adminSecret: new Secret(ADMIN_TOKEN) }),
    session: provider.openSession(
      tools,
      { baseUrl },
      { externalId: options.externalId ?? 'instance-1', token: new Secret(INSTANCE_TOKEN) },
    ),
  };
}

const person = toAddress('5511988887777@s.whatsapp.net');
if (person === null) throw new Error('the suite needs an address');

export const textMessage: OutboundMessage = { to: person, ref: REF, text: 'Olá *Ana*' };
export const quoteMessage: OutboundMessage = {
  ...textMessage,
  quoted: { id: gatewayMessageId('AC98212CD4909DE6799E78D93A824A3F'), fromMe: false, chat: person },
};

const FILES: Record<MediaKind, readonly [mimeType: string, fileName: string]> = {
  image: ['image/jpeg', 'foto.jpg'],
  video: ['video/mp4', 'video.mp4'],
  audio: ['audio/mpeg', 'musica.mp3'],
  voice: ['audio/ogg; codecs=opus', 'voz.ogg'],
  document: ['application/pdf', 'contrato.pdf'],
  sticker: ['image/webp', 'figurinha.webp'],
};

export const FILE_BYTES: Buffer = Buffer.from('a file of the suite, in three uneven pieces');

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield FILE_BYTES.subarray(0, 7);
  yield FILE_BYTES.subarray(7, 8);
  yield FILE_BYTES.subarray(8);
}

export function mediaMessage(media: MediaKind): OutboundMessage {
  const [mimeType, fileName] = FILES[media];
  return {
    ...textMessage,
    media: { media, mimeType, fileName, sizeBytes: FILE_BYTES.length, open: () => Promise.resolve(succeeded(pieces())) },
  };
}
