/** Names whose values are never logged, as they are after `plainName`. Matched anywhere in the name. */
const SECRET_PARTS = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'privatekey',
  'masterkey',
  'authorization',
  'cookie',
  'credential',
  'signature',
  'hmac',
  'bearer',
  'jwt',
  'pepper',
  'senha',
] as const;

/** Matched as the whole name. `uid`, `client` and `accesstoken` are Chatwoot's devise header names. */
const SECRET_NAMES: readonly string[] = [
  'pwd',
  'pass',
  'auth',
  'otp',
  'pin',
  'uid',
  'client',
  'kek',
  'dek',
  'sid',
  'sessionid',
  'session',
  'sig',
];

/** What people wrote, and whole bodies (SE-08 d). */
const CONTENT_NAMES: readonly string[] = ['body', 'rawbody', 'payload', 'content', 'caption', 'text', 'pushname', 'base64'];

/** Numbers under these names are people's numbers; elsewhere a number is a count, a time or an id. */
const PERSON_NAMES: readonly string[] = [
  'phone',
  'phonenumber',
  'number',
  'mobile',
  'whatsapp',
  'waid',
  'jid',
  'remotejid',
  'cpf',
  'cnpj',
  'from',
  'to',
  'recipient',
  'sender',
];

const secretPart = new RegExp(SECRET_PARTS.join('|'));
const secretNames = new Set(SECRET_NAMES);
const contentNames = new Set(CONTENT_NAMES);
const personNames = new Set(PERSON_NAMES);

/** What holds for a name: `secret` masks everything below it, `content` leaves it out, `person` masks numbers. */
export type NameKind = 'secret' | 'content' | 'person' | 'plain';

const known = new Map<string, NameKind>();
const MAX_KNOWN = 2_000;

function kindOfPlainName(name: string): NameKind {
  if (secretNames.has(name) || secretPart.test(name)) return 'secret';
  if (contentNames.has(name)) return 'content';
  return personNames.has(name) ? 'person' : 'plain';
}

/** Letter case and separators do not matter: `X-API-Key`, `x_api_key` and `xApiKey` are one name. */
export function kindOfName(name: string): NameKind {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const kind = kindOfPlainName(name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  if (known.size < MAX_KNOWN && name.length <= 64) known.set(name, kind);
  return kind;
}

/** The same names inside text, where words may be joined by a separator. Source of a regular expression. */
export const SECRET_NAME_IN_TEXT =
  'passw(?:or)?d|passphrase|passcode|secret|token|(?:api|access|private|master)[_. -]?key|authorization|cookie|credential|signature|hmac|jwt|pepper|senha';

/** Short names that mean a secret only in a URL query, a quoted key or a header line. */
export const SHORT_NAME_IN_TEXT = 'pwd|pass|auth|otp|pin|uid|client|sid|session|sig';
