import { newId } from '#platform/ids';
import { hashToken, randomToken, Secret } from '#platform/crypto';
import type { KeyRing, Place } from '#platform/crypto';
import type { AccountDatabase } from '#platform/database';

export interface NewEndpoint {
  readonly id: string;
  readonly source: string;
  /** The secret address the outside system is told. */
  readonly url: string;
  readonly token: Secret;
}

/** Who is served at an address: one instance of a gateway, or one inbox of Chatwoot. */
export type EndpointOwner = { readonly instanceId: string } | { readonly inboxId: string };

const sealedTokenAt = (accountId: string, rowId: string): Place => ({
  accountId,
  table: 'webhook_endpoint',
  column: 'sealed_token',
  rowId,
});

const urlOf = (publicUrl: string, source: string, token: string): string => `${publicUrl}/hooks/${source}/${token}`;

/** Made before the outside system is told of it, stored once it has agreed. */
export function newEndpoint(publicUrl: string, source: string): NewEndpoint {
  const token = randomToken();
  return { id: newId(), source, url: urlOf(publicUrl, source, token), token: new Secret(token) };
}

export async function storeEndpoint(
  database: AccountDatabase,
  keys: KeyRing,
  accountId: string,
  endpoint: NewEndpoint,
  owner: EndpointOwner,
): Promise<void> {
  await database.webhookEndpoint.create({
    data: {
      id: endpoint.id,
      accountId,
      source: endpoint.source,
      ...owner,
      tokenSha256: new Uint8Array(hashToken(endpoint.token.expose())),
      sealedToken: keys.seal(sealedTokenAt(accountId, endpoint.id), endpoint.token),
    },
  });
}

/** The secret address in use for this owner, or null. For telling it to the outside system again, never for showing it. */
export async function endpointUrl(
  database: AccountDatabase,
  keys: KeyRing,
  publicUrl: string,
  owner: EndpointOwner,
): Promise<string | null> {
  const row = await database.webhookEndpoint.findFirst({ where: { ...owner, retiredAt: null }, orderBy: { id: 'desc' } });
  return row && urlOf(publicUrl, row.source, keys.open(sealedTokenAt(row.accountId, row.id), row.sealedToken).expose());
}

/** From now on the address answers like one that never was. */
export async function retireEndpoints(database: AccountDatabase, owner: EndpointOwner): Promise<void> {
  await database.webhookEndpoint.updateMany({ where: { ...owner, retiredAt: null }, data: { retiredAt: new Date() } });
}
