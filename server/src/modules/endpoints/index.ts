/**
 * The secret addresses that gateways and Chatwoot call: made, stored, retired.
 * Not its job: what is delivered there (bridge).
 */
export { endpointUrl, newEndpoint, retireEndpoints, storeEndpoint } from './endpoint.ts';
export type { EndpointOwner, NewEndpoint } from './endpoint.ts';
