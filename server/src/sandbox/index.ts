/**
 * A Chatwoot and a WhatsApp gateway that speak the real contracts over HTTP, for running the product and its tests without either.
 * Not its job: being a provider of the Hub (providers/sandbox) or the page one types on (web).
 */
export { createSandboxChatwoot } from './chatwoot/create-sandbox-chatwoot.ts';
export type { SandboxAccount, SandboxChatwoot, SandboxChatwootOptions } from './chatwoot/create-sandbox-chatwoot.ts';
export { createSandboxGateway } from './gateway/create-sandbox-gateway.ts';
export type { SandboxGateway, SandboxGatewayOptions } from './gateway/create-sandbox-gateway.ts';
export { createEvolutionDouble } from './gateways/evolution-double.ts';
export { createUazapiDouble } from './gateways/uazapi-double.ts';
export { CAPTURES_PREFIX } from './gateways/captured-messages.ts';
export type { GatewayDoubleOptions } from './gateways/dialect.ts';
export type { GatewayDouble } from './gateways/gateway-double.ts';
export type { DoubleInstance, DoubleReceipt, SentMessage } from './gateways/double-rows.ts';
export { sampleFiles } from './gateways/sample-files.ts';
export type { SampleFile } from './gateways/sample-files.ts';
export { listen } from './listen.ts';
export type { Listening } from './listen.ts';
export type { FaultChange, Faults, FaultSettings } from './wire/faults.ts';
export type { Journal, JournalEntry } from './wire/journal.ts';
export type { RequestHandler } from './wire/peer.ts';
