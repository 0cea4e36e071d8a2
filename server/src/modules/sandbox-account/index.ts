/**
 * The account one tries the Hub with, and the keys of its page.
 * Not its job: the pretend gateway and Chatwoot themselves (sandbox).
 */
export { ensureCapturesInstance } from './ensure-captures-instance.ts';
export { ensureSandboxAccount } from './ensure-sandbox-account.ts';
export type { SandboxAccount, SandboxPeers } from './ensure-sandbox-account.ts';
export { createSandboxRouter } from './sandbox.router.ts';
export type { SandboxKeysSource } from './sandbox.router.ts';
