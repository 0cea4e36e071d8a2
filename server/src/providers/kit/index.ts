/**
 * What a WhatsApp gateway is to the Hub: capabilities, pairing steps, events, ids, sessions, and the suite that proves a provider.
 * Not its job: anything about one gateway (its own folder) or about what happens to a message next (bridge).
 */
export type { StreamedJson } from './base64-stream.ts';
export { jsonWithFile } from './base64-stream.ts';
export type { Capabilities, ContentKind, Level } from './capabilities.ts';
export { CONTENT_KINDS } from './capabilities.ts';
export type { CapabilityLine } from './capability-report.ts';
export { capabilityReport } from './capability-report.ts';
export type { ConnectionReport, ConnectionState, SuggestedAction } from './connection.ts';
export type { MediaKind, MediaSource, MessageContent } from './content.ts';
export { defineProvider } from './define-provider.ts';
export { bodyHash, eventKey, idsPart } from './event-key.ts';
export type { Chat, Origin, ParsedWebhook, ProviderEvent, Receipt } from './events.ts';
export type { Refusal } from './gateway-call.ts';
export { callJson, invalidAnswer, refusedHere } from './gateway-call.ts';
export type { ClientRef, GatewayMessageId, WhatsAppAddress } from './ids.ts';
export { clientRef, gatewayMessageId, isGroup, isLid, isPhone, phoneOf, toAddress } from './ids.ts';
export { firstInstant, instantOf, NO_TIME } from './instants.ts';
export type { Notice } from './notices.ts';
export { contactsNotice, locationNotice, notice, optionNames, pollNotice } from './notices.ts';
export type { PairingInput, PairingStep } from './pairing.ts';
export type { Payload } from './payload.ts';
export { at, countOf, firstText, flagOf, lineOf, listOf, numberOf, recordOf, textOf } from './payload.ts';
export type {
  FetchedMedia,
  InstanceAddress,
  OutboundMedia,
  OutboundMessage,
  Provider,
  ProviderServer,
  ProviderTools,
  RemoteInstance,
  Sent,
  SentSearch,
  ServerAddress,
  Session,
  SessionOf,
  WebhookDelivery,
  WebhookTarget,
} from './provider.ts';
export { sameSecret, withoutProperties, withoutValues } from './secrets-in-payloads.ts';
