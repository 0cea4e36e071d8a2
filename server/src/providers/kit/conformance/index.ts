/**
 * The suite that every provider runs over its recorded deliveries and against a gateway double on the wire, and the tools for it.
 * Not its job: what is special about one gateway; its own tests say that.
 */
export { describeProvider } from './describe-provider.ts';
export { readFixtures } from './fixtures.ts';
export type { WireCases } from './wire-cases.ts';
export { INSTANCE_TOKEN, openOnWire } from './wire-cases.ts';
export type { GatewayDouble, WireReply, WireRequest } from './gateway-double.ts';
export { startGateway } from './gateway-double.ts';
