import { sameSecret } from '#platform/crypto';
import type { InstanceAddress, WebhookDelivery } from '#provider-kit';
import { fieldsOf, inside } from './payload.ts';

/**
 * `apikey` is the instance's token. `destination` is our own address with its secret path. The others stand in rows that
 * Evolution shows whole (instances, webhook settings, its Chatwoot connection).
 */
const SECRET_FIELDS = /^(apikey|token|destination|jwt_key|authorization|accesstokenwabusiness|access_token|chatwoottoken|webhook_?url)$/i;
const MAX_DEPTH = 64;

export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, depth + 1));
  const fields = fieldsOf(value);
  if (!fields) return value;
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !SECRET_FIELDS.test(name))
      .map(([name, entry]) => [name, withoutSecrets(entry, depth + 1)]),
  );
}

/** What Evolution writes for an instance whose token it does not know. */
const NO_KEY = 'Apikey not found';

/** Evolution shows the instance's token in the body or, by setting, nothing at all. It never shows its global key there. */
export function verifies({ body }: WebhookDelivery, instance: Pick<InstanceAddress, 'token'>): boolean {
  const shown = inside(body)['apikey'];
  if (shown === undefined || shown === null || shown === NO_KEY) return true;
  return typeof shown === 'string' && sameSecret(shown, instance.token.expose());
}
