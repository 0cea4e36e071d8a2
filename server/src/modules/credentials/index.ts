/**
 * What machines and embedded pages sign in with: making, listing, rotating and revoking API keys and instance tokens.
 * Not its job: deciding at each use whether one is good and what it may do; that is `access`.
 */
export { createCredentialRoutes } from './credential-routes.ts';
export { createCredentialsRouter } from './credentials.router.ts';
