/**
 * The helpdesk side: a typed client of Chatwoot's API, its webhooks' signature and meaning, its Markdown.
 * Not its job: what to do with a message (bridge) or which inbox belongs to whom (modules).
 */
export type { ChatwootConnection } from './call-chatwoot.ts';
export type {
  ChatwootClient,
  ChatwootContact,
  ChatwootConversation,
  ChatwootInbox,
  ChatwootProfile,
  ChatwootStatus,
  NewMessage,
} from './chatwoot-client.ts';
export { createChatwootClient } from './create-chatwoot-client.ts';
export { parseChatwootWebhook } from './parse-webhook.ts';
export type { SignatureVerdict, SignedDelivery } from './signature.ts';
export { verifyChatwootSignature } from './signature.ts';
export { toChatwootMarkdown } from './to-chatwoot-markdown.ts';
export { toWhatsAppMarks } from './to-whatsapp-marks.ts';
export type { ChatwootAttachment, ChatwootEvent, ParsedChatwootWebhook } from './webhook.ts';
