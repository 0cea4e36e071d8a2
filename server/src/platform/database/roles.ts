import { createHmac } from 'node:crypto';
import { Secret } from '#platform/crypto';

export const appSchema = 'app';
/** Owns everything the migrations make. Never signs in. */
export const ownerRole = 'hub_owner';
/** What the processes work as. Owns nothing, bypasses nothing. */
export const appRole = 'hub_app';
/** Owns the few functions that look something up before the account is known. Never signs in. */
export const lookupRole = 'hub_lookup';
/** Owns the queue's own schema when the queue lives in PostgreSQL. Sees nothing of the Hub's data. */
export const queueRole = 'hub_queue';

export type LoginRole = typeof appRole | typeof queueRole;

/** One seed gives every role its password, the same on every machine that has the seed. */
export function rolePassword(seed: Secret, role: LoginRole): Secret {
  return new Secret(createHmac('sha256', seed.expose()).update(`whatpro-hub database role ${role} v1`).digest('base64url'));
}
