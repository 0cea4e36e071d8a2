/**
 * The gateway for trying things out: it lives in the Hub's own process and is spoken to over HTTP like any other.
 * Not its job: being that gateway (sandbox) or what happens to a message next (bridge).
 */
export { sandbox } from './sandbox.provider.ts';
