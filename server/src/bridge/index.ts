/**
 * The road between WhatsApp gateways and Chatwoot: accept, order, deliver, settle, both ways, and the ticks back.
 * Not its job: knowing a gateway or Chatwoot's HTTP, or what people configure (modules).
 */
export { acceptGatewayWebhook } from './inbound/accept-gateway-webhook.ts';
export type { Acceptance, Endpoint, GatewayIngest } from './inbound/accept-gateway-webhook.ts';
export { acceptChatwootWebhook } from './outbound/accept-chatwoot-webhook.ts';
export type { ChatwootIngest } from './outbound/accept-chatwoot-webhook.ts';
export { createBridge } from './bridge.ts';
export type { Bridge, BridgeOptions } from './bridge.ts';
export { createRoad } from './lanes/road.ts';
export type { LaneRef, Road, RoadCaller } from './lanes/road.ts';
export { requestTimeoutMs } from './lanes/run-lane.ts';
export type { SettledEvent } from './lanes/run-lane.ts';
export { createRouteBook } from './routes/route-book.ts';
export type { RouteBook } from './routes/route-book.ts';
export { createEndpointBook } from './routes/endpoint-book.ts';
export type { EndpointBook } from './routes/endpoint-book.ts';
export type { FindRoute, FindRouteOfInbox, Route } from './routes/route.ts';
export { createRemoteWake } from './remote-wake.ts';
export { wakeLaneJob } from './wake-lane.job.ts';
