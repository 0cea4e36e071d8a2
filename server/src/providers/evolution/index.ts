/**
 * Evolution API v2 as a provider: its admin calls, its instances, its webhooks in the dialects of 2.2 to 2.4.
 * Not its job: what happens to an event next, when a send is tried again (bridge), or Evolution's own Chatwoot integration.
 */
export { evolution } from './evolution.provider.ts';
