/**
 * uazapiGO v2: its admin calls, its sends, its webhooks, said in the kit's words.
 * Not its job: what happens to a message next (bridge), or how any other gateway does it.
 */
export { uazapi } from './uazapi.provider.ts';
