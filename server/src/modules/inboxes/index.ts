/**
 * An account's Chatwoot accounts, and which inbox carries which instance.
 * Not its job: Chatwoot's HTTP (chatwoot) or the messages that pass (bridge).
 */
export { createInboxesRouter } from './inboxes.router.ts';
export { linkChatwoot } from './link-chatwoot.ts';
export { linkInbox } from './link-inbox.ts';
export { tellInboxWebhook } from './tell-inbox-webhook.ts';
export type { InboxesContext, InboxTools } from './tools.ts';
