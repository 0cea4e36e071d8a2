const MASK = '[secret]';
const SECRET_NAME = /password|passwd|secret|token|apikey|accesskey|privatekey|authorization|cookie|credential|signature|hmac|otp$/;
const MAX_DEPTH = 16;
const MAX_TEXT = 2_000;

/** A copy for the record: plain JSON, values under secret names masked at any depth, long texts cut. */
export function maskSecrets(value: unknown): Record<string, unknown> | null {
  const masked = masking(value, 0);
  return typeof masked === 'object' && masked !== null && !Array.isArray(masked)
    ? (masked as Record<string, unknown>)
    : masked === null
      ? null
      : { value: masked };
}

function masking(value: unknown, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'function' || typeof value === 'symbol') return null;
  if (typeof value === 'bigint') return String(value);
  // PostgreSQL's jsonb refuses U+0000 and lone surrogates.
  if (typeof value === 'string') return wellFormed(value.replaceAll('\u0000', '')).slice(0, MAX_TEXT);
  if (typeof value !== 'object') return Number.isNaN(value) ? null : value;
  if (depth > MAX_DEPTH) return '[deep]';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => masking(item, depth + 1));
  const toJson: unknown = Reflect.get(value, 'toJSON');
  if (typeof toJson === 'function') return masking(Reflect.apply(toJson, value, []), depth + 1);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .map(([name, child]) => [name, isSecret(name, child) ? MASK : masking(child, depth + 1)]),
  );
}

function isSecret(name: string, value: unknown): boolean {
  return (
    value !== null && typeof value !== 'boolean' && typeof value !== 'number' && SECRET_NAME.test(name.toLowerCase().replace(/[^a-z]/g, ''))
  );
}

const wellFormed = (text: string): string =>
  text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
